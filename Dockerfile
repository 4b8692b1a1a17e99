# Playgate in a container. Node runs the TypeScript as it is, so that only the pages are built. BASE is any image with Node 26 and npm.
ARG BASE=node:26-slim
FROM ${BASE} AS build

WORKDIR /build
COPY package.json package-lock.json ./
COPY .ci/openapi-types/package.json ./.ci/openapi-types/package.json
RUN npm ci --ignore-scripts --no-audit --no-fund --cache /tmp/npm
COPY . ./
# A container is neither a laptop nor a Worker, and of the pages it needs what was built.
RUN npm run build && rm -rf src/local-ivs src/demo src/console src/api-reference src/client src/server src/runtimes/laptop src/runtimes/workers

FROM ${BASE}

WORKDIR /app
COPY package.json package-lock.json ./
# No dependency of production needs its install script, or what is optional. npm makes a folder for a link that it then leaves out.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --cache /tmp/npm && rm -rf /tmp/* .ci
COPY --from=build /build/src ./src
COPY --from=build /build/dist/public ./dist/public

# A place for DATABASE_FILE and KEYS_DIRECTORY where neither Redis nor Secrets Manager is used. 1000 is `node` in the usual base.
RUN mkdir -m 700 /data && chown 1000:1000 /data
USER 1000:1000

ENV HOST=0.0.0.0
ENV PORT=8787
EXPOSE 8787

# Alive, not ready: restarting does not bring back a store that is away. `/readyz` is for the load balancer.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Exec form, without npm or a shell between: signals reach the service, which drains and exits with 0.
CMD ["node", "src/runtimes/node/main.ts"]
