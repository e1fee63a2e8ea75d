import type { z } from "zod";
import type { OutboundMessage } from "../whatsapp/mod.ts";
import { menuParams } from "./params/menu.ts";
import { passengerParams } from "./params/passenger.ts";
import { driverParams } from "./params/driver.ts";
import { rideParams } from "./params/ride.ts";
import { safetyParams } from "./params/safety.ts";
import { driverOffer } from "./renderers/driver-offer.ts";
import { driverOnline } from "./renderers/driver-online.ts";
import { driverRide } from "./renderers/driver-ride.ts";
import { menu } from "./renderers/menu.ts";
import { passengerRide } from "./renderers/passenger-ride.ts";
import { passengerSearch } from "./renderers/passenger-search.ts";
import { refusal } from "./renderers/refusal.ts";
import { ride } from "./renderers/ride.ts";
import { safety } from "./renderers/safety.ts";
import type { MessageKind, ParsedParams } from "./say.ts";
import type { Scene } from "./scene.ts";
import { type Template, templates } from "./templates.ts";

/** One kind of message: which values it needs, and how it is said. */
export interface MessageDefinition<P> {
  readonly params: z.ZodType<P>;
  readonly render: (params: P, scene: Scene) => OutboundMessage;
  /** How it is said to a person who has been silent for a day; without one, it is not. */
  readonly template?: Template<P>;
}

/** Every message of the chat. */
export const messageKinds: { readonly [K in MessageKind]: MessageDefinition<ParsedParams<K>> } = {
  welcome: { params: menuParams.welcome, render: menu.welcome },
  menu_more: { params: menuParams.menu_more, render: menu.menu_more },
  choose_language: { params: menuParams.choose_language, render: menu.choose_language },
  language_set: { params: menuParams.language_set, render: menu.language_set },
  help: { params: menuParams.help, render: menu.help },
  not_understood: { params: menuParams.not_understood, render: menu.not_understood },
  unsupported: { params: menuParams.unsupported, render: menu.unsupported },
  refusal: { params: menuParams.refusal, render: refusal },
  gone: { params: menuParams.gone, render: menu.gone },
  choose_vehicle: {
    params: passengerParams.choose_vehicle,
    render: passengerSearch.choose_vehicle,
  },
  ask_pickup: { params: passengerParams.ask_pickup, render: passengerSearch.ask_pickup },
  ask_dropoff: { params: passengerParams.ask_dropoff, render: passengerSearch.ask_dropoff },
  choose_time: { params: passengerParams.choose_time, render: passengerSearch.choose_time },
  place_not_found: {
    params: passengerParams.place_not_found,
    render: passengerSearch.place_not_found,
  },
  drivers_found: { params: passengerParams.drivers_found, render: passengerSearch.drivers_found },
  nobody_near: { params: passengerParams.nobody_near, render: passengerSearch.nobody_near },
  watching: { params: passengerParams.watching, render: passengerSearch.watching },
  somebody_near: {
    params: passengerParams.somebody_near,
    render: passengerSearch.somebody_near,
    template: templates.somebody_near,
  },
  asking_driver: { params: passengerParams.asking_driver, render: passengerSearch.asking_driver },
  dispatching: { params: passengerParams.dispatching, render: passengerSearch.dispatching },
  driver_declined: {
    params: passengerParams.driver_declined,
    render: passengerSearch.driver_declined,
  },
  driver_silent: { params: passengerParams.driver_silent, render: passengerSearch.driver_silent },
  nobody_accepted: {
    params: passengerParams.nobody_accepted,
    render: passengerSearch.nobody_accepted,
    template: templates.nobody_accepted,
  },
  proposal_to_passenger: {
    params: passengerParams.proposal_to_passenger,
    render: passengerRide.proposal_to_passenger,
  },
  ride_accepted: {
    params: passengerParams.ride_accepted,
    render: passengerRide.ride_accepted,
    template: templates.ride_accepted,
  },
  driver_arrived: {
    params: passengerParams.driver_arrived,
    render: passengerRide.driver_arrived,
    template: templates.driver_arrived,
  },
  ride_started: { params: passengerParams.ride_started, render: passengerRide.ride_started },
  receipt: {
    params: passengerParams.receipt,
    render: passengerRide.receipt,
    template: templates.receipt,
  },
  cancelled_by_driver: {
    params: passengerParams.cancelled_by_driver,
    render: passengerRide.cancelled_by_driver,
    template: templates.cancelled_by_driver,
  },
  trip_cancelled: { params: passengerParams.trip_cancelled, render: passengerRide.trip_cancelled },
  trip_expired: { params: passengerParams.trip_expired, render: passengerRide.trip_expired },
  scheduled: { params: passengerParams.scheduled, render: passengerRide.scheduled },
  scheduled_reminder: {
    params: passengerParams.scheduled_reminder,
    render: passengerRide.scheduled_reminder,
    template: templates.scheduled_reminder,
  },
  ask_plate: { params: driverParams.ask_plate, render: driverOnline.ask_plate },
  online: { params: driverParams.online, render: driverOnline.online },
  stay_online: {
    params: driverParams.stay_online,
    render: driverOnline.stay_online,
    template: templates.stay_online,
  },
  still_online: { params: driverParams.still_online, render: driverOnline.still_online },
  hidden: { params: driverParams.hidden, render: driverOnline.hidden },
  offline: { params: driverParams.offline, render: driverOnline.offline },
  offer: { params: driverParams.offer, render: driverOffer.offer, template: templates.offer },
  proposal: {
    params: driverParams.proposal,
    render: driverOffer.proposal,
    template: templates.proposal,
  },
  offer_gone: { params: driverParams.offer_gone, render: driverOffer.offer_gone },
  offer_declined: { params: driverParams.offer_declined, render: driverOffer.offer_declined },
  ride_won: { params: driverParams.ride_won, render: driverRide.ride_won },
  ask_pin: { params: driverParams.ask_pin, render: driverRide.ask_pin },
  ride_running: { params: driverParams.ride_running, render: driverRide.ride_running },
  ride_done: {
    params: driverParams.ride_done,
    render: driverRide.ride_done,
    template: templates.ride_done,
  },
  cancelled_by_passenger: {
    params: driverParams.cancelled_by_passenger,
    render: driverRide.cancelled_by_passenger,
    template: templates.cancelled_by_passenger,
  },
  passengers_near: { params: driverParams.passengers_near, render: driverOnline.passengers_near },
  no_passengers_near: {
    params: driverParams.no_passengers_near,
    render: driverOnline.no_passengers_near,
  },
  asking_passenger: { params: driverParams.asking_passenger, render: driverOffer.asking_passenger },
  passenger_declined: {
    params: driverParams.passenger_declined,
    render: driverOffer.passenger_declined,
  },
  passenger_silent: { params: driverParams.passenger_silent, render: driverOffer.passenger_silent },
  today: { params: driverParams.today, render: driverOnline.today },
  choose_cancel_reason: {
    params: rideParams.choose_cancel_reason,
    render: ride.choose_cancel_reason,
  },
  ride_cancelled: { params: rideParams.ride_cancelled, render: ride.ride_cancelled },
  ride_lapsed: { params: rideParams.ride_lapsed, render: ride.ride_lapsed },
  ride_withdrawn: { params: rideParams.ride_withdrawn, render: ride.ride_withdrawn },
  rated: { params: rideParams.rated, render: ride.rated },
  relayed: { params: rideParams.relayed, render: ride.relayed },
  relay_sent: { params: rideParams.relay_sent, render: ride.relay_sent },
  blocked: { params: safetyParams.blocked, render: safety.blocked },
  unblocked: { params: safetyParams.unblocked, render: safety.unblocked },
  blocked_list: { params: safetyParams.blocked_list, render: safety.blocked_list },
  sos_sent: { params: safetyParams.sos_sent, render: safety.sos_sent },
  sos_alert: {
    params: safetyParams.sos_alert,
    render: safety.sos_alert,
    template: templates.sos_alert,
  },
  share_trip: { params: safetyParams.share_trip, render: safety.share_trip },
  contacts: { params: safetyParams.contacts, render: safety.contacts },
  ask_contact: { params: safetyParams.ask_contact, render: safety.ask_contact },
  contact_added: { params: safetyParams.contact_added, render: safety.contact_added },
  contact_removed: { params: safetyParams.contact_removed, render: safety.contact_removed },
};
