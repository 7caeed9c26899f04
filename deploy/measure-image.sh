#!/bin/sh
# Prints the size of the image and how long its services take to start: sh deploy/measure-image.sh [image]
set -eu
image=${1:-tidemark:dev}
echo "image: $(docker image inspect -f '{{.Size}}' "$image" | awk '{ printf "%.0f MB", $1 / 1e6 }'), \
$(docker save "$image" | gzip -6 | wc -c | awk '{ printf "%.0f MB", $1 / 1e6 }') compressed"
echo "of it the services and their packages: $(docker history --no-trunc --format '{{.Size}} {{.CreatedBy}}' "$image" |
  awk '/COPY .*\/app \/app/ { print $1 }')"
# As it runs: nothing can be written, nobody is root, there are no capabilities.
docker run --rm --network none --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
  --entrypoint node "$image" /app/deploy/image/measure-start.mjs
