// @ts-check

const STORED_AS = "mobility-operator-muted";
/** Two soft tones, the second lower: a doorbell is noticed in any room and frightens nobody. */
const TONES_HZ = [784, 523];
const TONE_S = 0.32;
const AGAIN_MS = 20_000;

/** A bell that rings as long as somebody calls for help and nobody has taken it up. */
export class Chime {
  /** @type {AudioContext | null} */
  #audio = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** Those it has rung for. */
  #known = new Set();

  constructor() {
    // A browser lets a page ring after somebody has touched it.
    addEventListener("pointerdown", () => this.#wake());
    addEventListener("keydown", () => this.#wake());
  }

  get isMuted() {
    return sessionStorage.getItem(STORED_AS) === "yes";
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    sessionStorage.setItem(STORED_AS, isMuted ? "yes" : "no");
  }

  /** @param {readonly string[]} open The calls that nobody has taken up. */
  show(open) {
    const isNew = open.some((id) => !this.#known.has(id));
    this.#known = new Set(open);
    if (isNew) this.#ring();
    if (open.length === 0 || isNew) clearInterval(this.#timer);
    if (isNew) this.#timer = setInterval(() => this.#ring(), AGAIN_MS);
  }

  #wake() {
    this.#audio ??= new AudioContext();
    void this.#audio.resume();
  }

  #ring() {
    const audio = this.#audio;
    if (audio === null || audio.state !== "running" || this.isMuted) return;
    TONES_HZ.forEach((hertz, i) => {
      const at = audio.currentTime + i * TONE_S;
      const tone = new OscillatorNode(audio, { frequency: hertz, type: "sine" });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.35, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + TONE_S * 1.8);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + TONE_S * 2);
    });
  }
}
