import { Redis as Client } from "ioredis";
import { z } from "zod";
import { type Redis, RedisError, type Reply } from "./reply.ts";

const replySchema: z.ZodType<Reply> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.null(),
    z.array(replySchema),
    z.instanceof(Error).transform((error) => new RedisError(error.message)),
  ])
);

/** A Redis server, spoken to over one connection. */
export class ServerRedis implements Redis {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Connects to `redis://...`.
   * @throws when nobody answers there
   */
  static async connect(url: string): Promise<ServerRedis> {
    const client = new Client(url, { lazyConnect: true, maxRetriesPerRequest: 2, protocol: 2 });
    // Each command that fails says so itself; without a listener the library would print it as well.
    client.on("error", () => {});
    try {
      await client.connect();
    } catch (cause) {
      client.disconnect();
      throw new Error(`Cannot reach Redis at REDIS_URL: start it, or unset REDIS_URL`, { cause });
    }
    return new ServerRedis(client);
  }

  /** All commands are written at once, so those between MULTI and EXEC stay together. */
  async run(
    commands: readonly (readonly string[])[],
    { atomic = false }: { readonly atomic?: boolean } = {},
  ): Promise<Reply[]> {
    if (!atomic) return await Promise.all(commands.map((words) => this.#call(words)));
    const replies = await Promise.all(
      [["MULTI"], ...commands, ["EXEC"]].map((words) => this.#call(words)),
    );
    const result = replies.at(-1) ?? null;
    if (result instanceof RedisError) {
      const refused = replies.find((reply) => reply instanceof RedisError);
      throw refused ?? result;
    }
    return Array.isArray(result) ? result : [];
  }

  async close(): Promise<void> {
    await this.#client.quit();
  }

  async #call([name = "", ...words]: readonly string[]): Promise<Reply> {
    try {
      // In capitals: of commands in small letters the library turns some replies into objects.
      return replySchema.parse(await this.#client.call(name.toUpperCase(), ...words));
    } catch (error) {
      if (error instanceof Error && error.name === "ReplyError") {
        return new RedisError(error.message);
      }
      if (error instanceof Error && error.name === "MaxRetriesPerRequestError") {
        return new RedisError("ERR the server does not answer");
      }
      throw error;
    }
  }
}
