import { headingAnchor } from "../heading-anchor.ts";
import type { Dashboard, Panel, Steps } from "./panel.ts";

/** What every dashboard is made with. */
export interface GrafanaOptions {
  /** Where the playbooks are. */
  readonly runbook: string;
}

const DATASOURCE = { type: "prometheus", uid: "${datasource}" } as const;
const COLUMNS = 24;
const HEIGHTS = { stat: 4, timeseries: 8, table: 8 } as const;
const WIDTHS = { stat: 4, timeseries: 8, table: 8 } as const;
/** Grafana 11 has 39; newer ones bring it up to theirs when they read it. */
const SCHEMA_VERSION = 39;
const TAG = "mobility";

/** A dashboard as Grafana 11 and newer import it: panels in rows from left to right, one variable, the datasource. */
export function toGrafana(dashboard: Dashboard, { runbook }: GrafanaOptions): unknown {
  return {
    uid: `mobility-${dashboard.name}`,
    title: dashboard.title,
    description: dashboard.description,
    tags: [TAG],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: "browser",
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    annotations: { list: [] },
    links: [
      {
        type: "dashboards",
        title: "Dashboards",
        tags: [TAG],
        asDropdown: false,
        includeVars: true,
        keepTime: true,
        icon: "external link",
        targetBlank: false,
        tooltip: "",
        url: "",
      },
      link("Runbook", runbook),
    ],
    templating: {
      list: [{
        type: "datasource",
        name: "datasource",
        label: "Prometheus",
        query: "prometheus",
        current: { selected: false, text: "default", value: "default" },
        options: [],
        regex: "",
        refresh: 1,
        hide: 0,
        includeAll: false,
        multi: false,
        skipUrlSync: false,
      }],
    },
    panels: placed(dashboard, runbook),
  };
}

function placed({ rows }: Dashboard, runbook: string): unknown[] {
  const panels: unknown[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    y++;
    let x = 0;
    let lineHeight = 0;
    for (const panel of row.panels) {
      const w = panel.width ?? WIDTHS[panel.kind];
      const h = HEIGHTS[panel.kind];
      if (x + w > COLUMNS) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      panels.push(
        toPanel(panel, { id: panels.length + 1, gridPos: { x, y, w, h }, runbook }),
      );
      x += w;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return panels;
}

interface PlaceOptions {
  readonly id: number;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly runbook: string;
}

function toPanel(panel: Panel, { id, gridPos, runbook }: PlaceOptions): unknown {
  const isOverTime = panel.kind === "timeseries";
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.description,
    datasource: DATASOURCE,
    gridPos,
    links: panel.alert === undefined
      ? []
      : [link(`What to do: ${panel.alert}`, `${runbook}#${headingAnchor(panel.alert)}`)],
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      editorMode: "code",
      expr,
      legendFormat: legend ?? "__auto",
      instant: !isOverTime,
      range: isOverTime,
      ...(panel.kind === "table" ? { format: "table" } : {}),
    })),
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        min: 0,
        ...(panel.max === undefined ? {} : { max: panel.max }),
        mappings: mappingsOf(panel),
        thresholds: { mode: "absolute", steps: stepsOf(panel.steps ?? [[null, "green"]]) },
        color: { mode: isOverTime ? "palette-classic" : "thresholds" },
        ...(isOverTime ? { custom: drawing(panel) } : {}),
      },
      overrides: [],
    },
    options: optionsOf(panel),
    ...(panel.kind === "table" ? { transformations: [HIDE_TIME] } : {}),
  };
}

const HIDE_TIME = {
  id: "organize",
  options: { excludeByName: { Time: true }, indexByName: {}, renameByName: {} },
};

function mappingsOf({ words }: Panel): unknown[] {
  if (words === undefined) return [];
  const options = Object.fromEntries(
    Object.entries(words).map(([value, text], index) => [value, { text, index }]),
  );
  return [{ type: "value", options }];
}

function stepsOf(steps: Steps): unknown[] {
  return steps.map(([value, color]) => ({ color, value }));
}

function drawing({ steps, stacked = false }: Panel): unknown {
  return {
    drawStyle: "line",
    lineInterpolation: "linear",
    lineWidth: 1,
    fillOpacity: stacked ? 30 : 5,
    showPoints: "never",
    spanNulls: false,
    stacking: { mode: stacked ? "normal" : "none", group: "A" },
    // The limit at which somebody is told is a line in the picture.
    thresholdsStyle: { mode: steps === undefined ? "off" : "dashed" },
  };
}

function optionsOf({ kind }: Panel): unknown {
  switch (kind) {
    case "stat":
      return {
        reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
        colorMode: "background",
        graphMode: "none",
        justifyMode: "auto",
        orientation: "auto",
        textMode: "auto",
      };
    case "timeseries":
      return {
        legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
        tooltip: { mode: "multi", sort: "desc" },
      };
    case "table":
      return { showHeader: true, cellHeight: "sm" };
  }
}

function link(title: string, url: string): unknown {
  return {
    type: "link",
    title,
    url,
    targetBlank: true,
    icon: "doc",
    tooltip: "",
    tags: [],
    asDropdown: false,
    includeVars: false,
    keepTime: false,
  };
}
