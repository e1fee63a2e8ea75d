/**
 * What the Cloud API takes, in characters where it is a text.
 * Source: Meta's message reference and the validators of whatsapp-api-js 6.3.0.
 */
export const limits = {
  text: 4096,
  interactiveBody: 1024,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 256,
  listButton: 20,
  listSections: 10,
  /** In all sections together. */
  listRows: 10,
  sectionTitle: 24,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
  linkTitle: 20,
  linkUrl: 2000,
  templateName: 512,
  templateParameter: 1024,
  templateButtons: 10,
  templatePayload: 128,
  callbackData: 512,
} as const;
