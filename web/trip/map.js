// @ts-check
import { config } from "./config.js";
import { bearing, distanceM } from "./geography.js";
import { loadLeaflet } from "../shared/leaflet.js";
import { driverMarker, placeMarker, vehicleIcon } from "./marker.js";
import { Motion } from "./motion.js";

/** @typedef {import("./geography.js").LatLng} LatLng */
/** @typedef {import("../shared/leaflet.js").Leaflet} Leaflet */
/** @typedef {import("../shared/leaflet.js").LeafletMap} LeafletMap */
/** @typedef {import("../shared/leaflet.js").Marker} Marker */
/** @typedef {import("../shared/leaflet.js").Polyline} Polyline */
/** @typedef {import("./ride.js").Ride} Ride */
/** @typedef {import("./words.js").Words} Words */

/** Signs have their size; the sheet of a phone lies over the lower edge. */
const ROOM = { paddingTopLeft: [78, 56], paddingBottomRight: [78, 68] };
const NEAREST_ZOOM = 16;
/** A way that is longer than this was not driven between two points: the marker jumps. */
const JUMP_M = 2_000;
/** The heading of one who stands still is noise. */
const STILL_M = 5;
/** No glide takes longer, or the marker would be far behind. */
const LONGEST_GLIDE_MS = 6_000;

/**
 * Opens a map in an element of the page; null when there can be none.
 * @param {HTMLElement} node
 * @param {{ ride: Ride, words: Words, onFollowing: (isFollowing: boolean) => void }} options
 * @returns {Promise<TripMap | null>}
 */
export async function openMap(node, options) {
  const leaflet = await loadLeaflet();
  return leaflet === null ? null : new TripMap(node, { ...options, leaflet });
}

/** The map: where the ride begins and ends, the driver, and the way driven while the page was open. */
class TripMap {
  #leaflet;
  /** @type {LeafletMap} */
  #map;
  #onFollowing;
  #isFollowing = true;
  /** Whether the map moves because the page said so. */
  #isFitting = false;
  #isZooming = false;
  /** @type {{ pickup: HTMLElement, dropoff?: HTMLElement, driver: HTMLElement }} */
  #labels;
  #driver;
  /** @type {Marker | null} */
  #driverMarker = null;
  /** @type {Polyline} */
  #track;
  #motion = new Motion((pose) => this.#draw(pose));
  #seenAt = "";
  #movedAt = 0;
  #shown = "";
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param {HTMLElement} node
   * @param {{ leaflet: Leaflet, ride: Ride, words: Words, onFollowing: (isFollowing: boolean) => void }} options
   */
  constructor(node, { leaflet, ride, words, onFollowing }) {
    this.#leaflet = leaflet;
    this.#onFollowing = onFollowing;
    const isCalm = this.#calm.matches;
    this.#map = leaflet.map(node, {
      zoomControl: false,
      zoomAnimation: !isCalm,
      fadeAnimation: !isCalm,
      maxZoom: 19,
      // Tiles are drawn for whole steps; without them the ride may fill the map.
      zoomSnap: config.tileUrl === "" ? 0.25 : 1,
    });
    this.#map.attributionControl.setPrefix("Leaflet");
    this.#addGround();
    leaflet.control.scale({ imperial: false }).addTo(this.#map);
    leaflet.control.zoom({
      position: "topright",
      zoomInTitle: words.say("zoom_in"),
      zoomOutTitle: words.say("zoom_out"),
    }).addTo(this.#map);

    const { pickup, dropoff } = ride.match;
    const style = { className: "plan", interactive: false };
    if (dropoff !== null) leaflet.polyline([pickup, dropoff], style).addTo(this.#map);
    this.#track = leaflet.polyline([], { className: "track", interactive: false });
    this.#track.addTo(this.#map);
    this.#driver = driverMarker(vehicleIcon(ride.match.vehicle_type));
    this.#labels = { pickup: this.#addPlace("pickup", pickup), driver: this.#driver.label };
    if (dropoff !== null) this.#labels.dropoff = this.#addPlace("dropoff", dropoff);
    this.#listen(ride);
    this.show(ride, words);
    new ResizeObserver(() => this.#map.invalidateSize()).observe(node);
  }

  /**
   * Shows the ride as it is now.
   * @param {Ride} ride
   * @param {Words} words
   */
  show(ride, words) {
    const { pickup, dropoff } = ride.match;
    this.#labels.pickup.textContent = pickup.text || words.say("pickup");
    if (this.#labels.dropoff) {
      this.#labels.dropoff.textContent = dropoff?.text || words.say("dropoff");
    }
    this.#labels.driver.textContent = ride.driver?.driver_name ?? "";
    this.#driver.node.classList.toggle("lost", ride.isLost(Date.now()));
    this.#moveDriver(ride);
    const shown = `${ride.status} ${this.#driverMarker === null}`;
    this.#follow(ride, { isNew: shown !== this.#shown });
    this.#shown = shown;
  }

  /** Follows the ride again, after the reader has looked elsewhere. @param {Ride} ride */
  followAgain(ride) {
    this.#setFollowing(true);
    this.#follow(ride, { isNew: true });
  }

  #addGround() {
    if (config.tileUrl !== "") {
      const options = {
        attribution: config.tileAttribution,
        maxZoom: 19,
        // Providers want to know who asks; the token is in the fragment, which is never told.
        referrerPolicy: "origin",
      };
      this.#leaflet.tileLayer(config.tileUrl, options).addTo(this.#map);
      return;
    }
    const ground = this.#leaflet.gridLayer();
    ground.createTile = () => {
      const tile = document.createElement("div");
      tile.className = "ground";
      return tile;
    };
    ground.addTo(this.#map);
  }

  /**
   * @param {"pickup" | "dropoff"} kind
   * @param {LatLng} at
   */
  #addPlace(kind, at) {
    const { node, label } = placeMarker(kind);
    this.#addMarker(at, node);
    return label;
  }

  /**
   * @param {LatLng} at
   * @param {HTMLElement} html
   */
  #addMarker(at, html, zIndexOffset = 0) {
    const icon = this.#leaflet.divIcon({ html, className: "spot", iconSize: [0, 0] });
    const options = { icon, interactive: false, keyboard: false, zIndexOffset };
    const marker = this.#leaflet.marker(at, options);
    marker.addTo(this.#map);
    return marker;
  }

  /** @param {Ride} ride */
  #listen(ride) {
    this.#map.on("resize", () => this.#follow(ride, { isNew: true }));
    this.#map.on("dragstart", () => this.#setFollowing(false));
    this.#map.on("zoomstart", () => {
      this.#isZooming = true;
      if (!this.#isFitting) this.#setFollowing(false);
    });
    this.#map.on("zoomend", () => {
      this.#isZooming = false;
      if (this.#motion.pose !== null) this.#draw(this.#motion.pose);
    });
  }

  /** @param {boolean} isFollowing */
  #setFollowing(isFollowing) {
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    this.#onFollowing(isFollowing);
  }

  /** @param {Ride} ride */
  #moveDriver(ride) {
    const { position, target } = ride;
    if (ride.isOver) {
      // Where the driver goes then is nobody's concern.
      this.#driverMarker?.remove();
      return;
    }
    if (position === null || position.recorded_at === this.#seenAt) return;
    this.#seenAt = position.recorded_at;
    this.#track.addLatLng(position);
    this.#driverMarker ??= this.#addMarker(position, this.#driver.node, 1000);
    this.#driver.node.dataset["at"] = `${position.lat},${position.lng}`;
    const before = this.#motion.pose;
    const moved = before === null ? 0 : distanceM(before, position);
    const ahead = before !== null && moved > STILL_M
      ? position.heading ?? bearing(before, position)
      : before?.heading ?? position.heading ?? (target ? bearing(position, target.place) : 0);
    const now = performance.now();
    const pause = now - this.#movedAt;
    this.#movedAt = now;
    const isCalm = this.#calm.matches || moved > JUMP_M;
    this.#motion.moveTo(
      { lat: position.lat, lng: position.lng, heading: ahead },
      isCalm ? 0 : Math.min(pause, LONGEST_GLIDE_MS),
    );
  }

  /** @param {import("./motion.js").Pose} pose */
  #draw(pose) {
    // Leaflet moves the markers itself while it zooms.
    if (this.#isZooming) return;
    this.#driverMarker?.setLatLng(pose);
    this.#driver.beak.style.transform = `rotate(${pose.heading.toFixed(1)}deg)`;
  }

  /**
   * @param {Ride} ride
   * @param {{ isNew: boolean }} options
   */
  #follow({ position, target, match, isOver }, { isNew }) {
    if (!this.#isFollowing) return;
    const points = target === null
      ? [match.pickup, ...match.dropoff === null ? [] : [match.dropoff]]
      : [target.place];
    if (position !== null && !isOver) points.push(position);
    const bounds = this.#leaflet.latLngBounds(points);
    if (!isNew) {
      const inner = this.#map.getBounds().pad(-0.12);
      const isRoomy = this.#map.getBoundsZoom(bounds) - this.#map.getZoom() > 1.5 &&
        this.#map.getZoom() < NEAREST_ZOOM;
      if (points.every((point) => inner.contains(point)) && !isRoomy) return;
    }
    this.#isFitting = true;
    this.#map.once("moveend", () => {
      this.#isFitting = false;
    });
    this.#map.fitBounds(bounds, {
      ...ROOM,
      maxZoom: NEAREST_ZOOM,
      animate: !this.#calm.matches && this.#shown !== "",
    });
  }
}
