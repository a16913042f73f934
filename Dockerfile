# What runs in production, and nothing that only builds or tests it. The source runs as it is: there is no build step.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# googleapis carries every API that Google has (240 MB): those that adapters import by subpath stay.
# The compiler is a peer of tRPC, and declarations and source maps are for reading: nothing of it runs.
RUN npm ci --omit=dev \
 && find node_modules/googleapis/build/src/apis -mindepth 1 -maxdepth 1 -type d \
      ! -name gmail ! -name calendar ! -name oauth2 -exec rm -rf {} + \
 && rm -rf node_modules/typescript node_modules/@typescript \
 && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete

FROM node:24-slim
# The base image's user under our name: its uid 1000 can also read source that a developer mounts.
RUN groupmod --new-name appuser node \
 && usermod --login appuser --home /home/appuser --move-home node \
 && install --directory --owner appuser --mode 700 /data \
# Nothing installs packages here: less to keep up to date, and nothing for an intruder.
 && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* /usr/local/bin/yarn*
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY shared-types shared-types
COPY server server
# An image that lacks a package of its own code is not made.
RUN node --input-type=module --eval "await import('/app/server/bootstrap.ts'); await import('/app/server/http/server.ts')"

ENV NODE_ENV=production DATA_DIR=/data
USER appuser
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT || 8000}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# No npm in between: the signals reach the server.
CMD ["node", "server/main.ts"]
