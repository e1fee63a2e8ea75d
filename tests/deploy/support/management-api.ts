import { z } from "zod";

/** A function as it was uploaded: exactly these files, with their paths. */
export interface Upload {
  readonly slug: string;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly entrypoint: string;
  readonly importMap: string;
  readonly verifyJwt: boolean;
}

/** A request that reached the API, without its body. */
export interface ManagementRequest {
  readonly method: string;
  readonly path: string;
}

/** Who is allowed in, and who is told. */
export interface ManagementApiOptions {
  readonly accessToken: string;
  readonly projectRef: string;
  /** The functions are live, as they were uploaded last. */
  onDeploy(uploads: ReadonlyMap<string, Upload>): Promise<void> | void;
  onSecrets(secrets: ReadonlyMap<string, string>): Promise<void> | void;
}

const metadataSchema = z.object({
  entrypoint_path: z.string(),
  import_map_path: z.string(),
  verify_jwt: z.boolean(),
});
const secretList = z.array(z.object({ name: z.string(), value: z.string() }));

/** A recording stand-in for Supabase's management API, as far as the CLI calls it for a deployment. */
export class ManagementApi {
  readonly requests: ManagementRequest[] = [];
  readonly uploads: Map<string, Upload> = new Map();
  readonly secrets: Map<string, string> = new Map();
  readonly #options: ManagementApiOptions;
  #held: { matches: (request: ManagementRequest) => boolean; gate: Promise<void> } | undefined;

  constructor(options: ManagementApiOptions) {
    this.#options = options;
  }

  /** Keeps the requests that match waiting until the returned function is called. */
  hold(matches: (request: ManagementRequest) => boolean): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = { matches, gate: promise };
    return () => {
      this.#held = undefined;
      resolve();
    };
  }

  /** How many requests matched so far. */
  count(method: string, path: RegExp): number {
    return this.requests.filter((each) => each.method === method && path.test(each.path)).length;
  }

  /** Answers one request. */
  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const seen = { method: request.method, path: url.pathname };
    this.requests.push(seen);
    const bytes = await request.arrayBuffer();
    if (this.#held?.matches(seen)) await this.#held.gate;
    if (request.headers.get("authorization") !== `Bearer ${this.#options.accessToken}`) {
      return Response.json({ message: "Unauthorized" }, { status: 401 });
    }
    const project = `/v1/projects/${this.#options.projectRef}`;
    if (!`${url.pathname}/`.startsWith(`${project}/`)) {
      return Response.json({ message: "Project not found" }, { status: 404 });
    }
    const path = url.pathname.slice(project.length);
    switch (`${request.method} ${path}`) {
      case "POST /functions/deploy":
        return await this.#takeUpload(url.searchParams.get("slug") ?? "", { request, bytes });
      case "PUT /functions":
        await this.#options.onDeploy(this.uploads);
        return Response.json({ functions: [] });
      case "GET /functions":
        return Response.json([...this.uploads.keys()].map(describeFunction));
      case "GET /secrets":
        return Response.json([...this.secrets.keys()].map((name) => ({ name, value: "digest" })));
      case "POST /secrets":
        for (const { name, value } of secretList.parse(parse(bytes))) this.secrets.set(name, value);
        await this.#options.onSecrets(this.secrets);
        return new Response(null, { status: 201 });
      case "DELETE /secrets":
        for (const name of z.array(z.string()).parse(parse(bytes))) this.secrets.delete(name);
        await this.#options.onSecrets(this.secrets);
        return Response.json({});
      default:
        return Response.json({});
    }
  }

  async #takeUpload(
    slug: string,
    { request, bytes }: { request: Request; bytes: ArrayBuffer },
  ): Promise<Response> {
    const type = request.headers.get("content-type") ?? "";
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    let metadata: z.infer<typeof metadataSchema> | undefined;
    for (const [name, value] of form) {
      if (name === "metadata") {
        const text = typeof value === "string" ? value : await value.text();
        metadata = metadataSchema.parse(JSON.parse(text));
      } else if (typeof value !== "string") {
        files.set(value.name, new Uint8Array(await value.arrayBuffer()));
      }
    }
    if (metadata === undefined) return Response.json({ message: "No metadata" }, { status: 400 });
    this.uploads.set(slug, {
      slug,
      files,
      entrypoint: metadata.entrypoint_path,
      importMap: metadata.import_map_path,
      verifyJwt: metadata.verify_jwt,
    });
    return Response.json(describeFunction(slug), { status: 201 });
  }
}

function describeFunction(slug: string): Record<string, unknown> {
  return {
    id: slug,
    slug,
    name: slug,
    status: "ACTIVE",
    version: 1,
    created_at: 1,
    updated_at: 1,
    verify_jwt: false,
    import_map: true,
    entrypoint_path: "index.ts",
  };
}

function parse(bytes: ArrayBuffer): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
