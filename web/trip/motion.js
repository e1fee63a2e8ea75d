// @ts-check

/**
 * Where something is and where it looks to, in degrees clockwise from north.
 * @typedef {{ lat: number, lng: number, heading: number }} Pose
 */

/** Moves something smoothly from pose to pose. */
export class Motion {
  #draw;
  /** @type {Pose | null} */
  #pose = null;
  #frame = 0;

  /** @param {(pose: Pose) => void} draw */
  constructor(draw) {
    this.#draw = draw;
  }

  /** Where it is drawn now. */
  get pose() {
    return this.#pose;
  }

  /**
   * Moves there in so many milliseconds; at once with none.
   * @param {Pose} to
   * @param {number} durationMs
   */
  moveTo(to, durationMs) {
    cancelAnimationFrame(this.#frame);
    const from = this.#pose;
    if (from === null || durationMs <= 0) return this.#put(to);
    const startedAt = performance.now();
    const step = () => {
      const share = Math.min(1, (performance.now() - startedAt) / durationMs);
      this.#put(between(from, to, share));
      if (share < 1) this.#frame = requestAnimationFrame(step);
    };
    step();
  }

  /** @param {Pose} pose */
  #put(pose) {
    this.#pose = pose;
    this.#draw(pose);
  }
}

/**
 * The pose at a share of the way, 0 to 1. It turns within the first third, the shorter way round.
 * @param {Pose} from
 * @param {Pose} to
 * @param {number} share
 * @returns {Pose}
 */
export function between(from, to, share) {
  const turn = ((to.heading - from.heading) % 360 + 540) % 360 - 180;
  return {
    lat: from.lat + (to.lat - from.lat) * share,
    lng: from.lng + (to.lng - from.lng) * share,
    heading: from.heading + turn * Math.min(1, share * 3),
  };
}
