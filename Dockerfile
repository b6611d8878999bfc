# The Node that npm scripts and tests use. docs/image.md shows how to pin it by digest.
ARG NODE_IMAGE=node:24.21.0-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

# The bot has no settings here, so it ends once its modules are loaded. It leaves behind what Node compiled, in a folder
# whose name contains the user's id (src/quick-start.js).
FROM dependencies AS compiled
COPY package.json ./
COPY blocks ./blocks
COPY src ./src
RUN install -d -o 1000 -g 1000 node_modules/.cache/node
USER 1000:1000
RUN node --v8-pool-size=1 --max-semi-space-size=4 --import ./src/quick-start.js src/main.ts 2>/dev/null; \
  test -n "$(ls node_modules/.cache/node)"

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    PORT=3000
WORKDIR /app
# Root owns everything, so the bot can't change it.
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=compiled /app/node_modules/.cache ./node_modules/.cache
COPY package.json ./
COPY blocks ./blocks
COPY src ./src
# The user "node", numeric because Kubernetes' runAsNonRoot can't resolve names.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "src/ops/health-check.ts"]
# Exec form: the bot is process 1 and receives SIGTERM. It starts no processes, so it needs no init.
# docs/performance.md has what the options save.
CMD ["node", "--v8-pool-size=1", "--max-semi-space-size=4", "--import", "./src/quick-start.js", "src/main.ts"]
