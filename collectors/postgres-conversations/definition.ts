import { defineCollector } from '@tidemark/collector-sdk/define';

/** Conversations of a remote database, each in its newest state. */
export const postgresConversations = defineCollector({
  name: 'postgres-conversations',
  description: 'Conversations of a remote PostgreSQL, by the time of their last change.',
  source: { kind: 'postgres', name: 'conversations', secret: 'CONVERSATIONS', timeout: '60s' },
  request: {
    kind: 'sql',
    sql: `
      select conversation_id, contact_name, contact_phone, inbox_name, status, assignee, labels,
             message_count, first_response_seconds, conversation_created_at, conversation_updated_at
        from conversations`,
    size: 1_000,
    // The application writes the clock of UTC into columns without a zone.
    zone: 'UTC',
  },
  incremental: {
    kind: 'cursor',
    field: 'conversation_updated_at',
    tie: 'conversation_id',
    start: '2015-01-01',
    // The application's servers set the time, and their clocks are not the database's.
    lookback: '5m',
  },
  target: {
    kind: 'table',
    table: 'conversations',
    key: ['conversation_id'],
    version: 'conversation_updated_at',
    fields: {
      conversation_id: { type: 'bigint', required: true },
      contact_name: { type: 'text' },
      contact_phone: { type: 'text' },
      inbox_name: { type: 'text' },
      status: { type: 'text' },
      assignee: { type: 'text' },
      labels: { type: 'text[]' },
      message_count: { type: 'bigint' },
      first_response_seconds: { type: 'numeric' },
      conversation_created_at: { type: 'timestamptz' },
      conversation_updated_at: { type: 'timestamptz', required: true },
    },
  },
});
