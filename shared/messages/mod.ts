export {
  isMessageKind,
  type MessageKind,
  type MessageParams,
  type ParsedParams,
  type Say,
  say,
} from "./say.ts";
export { type MessageDefinition, messageKinds } from "./kinds.ts";
export { RenderError, renderMessage, type UnrenderedMessage } from "./render-message.ts";
export { describeTemplates, type TemplateDescription } from "./describe-templates.ts";
