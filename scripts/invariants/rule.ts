/** Something that must hold in the database, and a statement that gives a row of one text column for each breach. */
export interface Rule {
  readonly name: string;
  readonly sql: string;
}
