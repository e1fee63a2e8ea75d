export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  "public": {
    Tables: {
      [_ in never]: never;
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      "accept_match": {
        Args: {
          "p_acting_user": string;
          "p_driver_trip_id": string;
          "p_idempotency_key"?: string;
          "p_initiated_by"?: string;
          "p_match_id"?: string;
          "p_passenger_trip_id": string;
          "p_respond_within_s"?: number;
        };
        Returns: Json;
      };
      "acknowledge_sos": {
        Args: { "p_acting_user": string; "p_alert_id": string; "p_by"?: string };
        Returns: Json;
      };
      "advance_match": {
        Args: {
          "p_acting_user": string;
          "p_action": string;
          "p_as"?: string;
          "p_idempotency_key"?: string;
          "p_keep_searching"?: boolean;
          "p_match_id": string;
          "p_pin"?: string;
          "p_reason"?: string;
        };
        Returns: Json;
      };
      "answer_inbox": {
        Args: { "p_answer": Json; "p_event_id": number; "p_lease": string };
        Returns: Json;
      };
      "answer_offer": {
        Args: {
          "p_accept": boolean;
          "p_acting_user": string;
          "p_idempotency_key"?: string;
          "p_match_id"?: string;
          "p_offer_id": string;
        };
        Returns: Json;
      };
      "assign_dispatches": { Args: { "p_orders": Json }; Returns: Json };
      "cancel_trip": {
        Args: {
          "p_acting_user": string;
          "p_idempotency_key"?: string;
          "p_reason"?: string;
          "p_trip_id": string;
        };
        Returns: Json;
      };
      "claim_deliveries": { Args: { "p_lease_s"?: number; "p_limit"?: number }; Returns: Json };
      "claim_inbox": { Args: { "p_lease_s"?: number; "p_limit"?: number }; Returns: Json };
      "claim_outbox": { Args: { "p_lease_s"?: number; "p_limit"?: number }; Returns: Json };
      "create_link": {
        Args: { "p_acting_user": string; "p_match_id": string; "p_viewer"?: string };
        Returns: Json;
      };
      "create_trip": {
        Args: {
          "p_acting_user": string;
          "p_dropoff_lat"?: number;
          "p_dropoff_lng"?: number;
          "p_dropoff_text"?: string;
          "p_expires_in_s"?: number;
          "p_idempotency_key"?: string;
          "p_pickup_lat": number;
          "p_pickup_lng": number;
          "p_pickup_text"?: string;
          "p_role": string;
          "p_scheduled_for"?: string;
          "p_user_id": string;
          "p_vehicle_type": string;
        };
        Returns: Json;
      };
      "database_gauges": { Args: Record<PropertyKey, never>; Returns: Json };
      "dispatch_trip": {
        Args: {
          "p_acting_user": string;
          "p_batch_size"?: number;
          "p_candidates": Json;
          "p_idempotency_key"?: string;
          "p_offer_s"?: number;
          "p_passenger_trip_id": string;
        };
        Returns: Json;
      };
      "drop_dead_letter": {
        Args: { "p_acting_user": string; "p_id": string; "p_queue": string };
        Returns: Json;
      };
      "eta_accuracy": { Args: { "p_hours"?: number }; Returns: Json };
      "fail_inbox": {
        Args: { "p_code": string; "p_event_id": number; "p_lease": string };
        Returns: Json;
      };
      "find_counterparts": {
        Args: { "p_acting_user": string; "p_limit": number; "p_role": string; "p_trip_id": string };
        Returns: Json;
      };
      "find_nearby": {
        Args: {
          "p_lat": number;
          "p_limit": number;
          "p_lng": number;
          "p_role": string;
          "p_vehicle_type": string;
        };
        Returns: Json;
      };
      "find_place": {
        Args: { "p_lat"?: number; "p_lng"?: number; "p_text": string };
        Returns: Json;
      };
      "get_match": { Args: { "p_acting_user": string; "p_match_id": string }; Returns: Json };
      "get_offer_trips": { Args: { "p_offer_id": string }; Returns: Json };
      "get_offers": { Args: { "p_acting_user": string; "p_trip_id": string }; Returns: Json };
      "get_rollout": { Args: Record<PropertyKey, never>; Returns: Json };
      "get_trip": { Args: { "p_acting_user": string; "p_trip_id": string }; Returns: Json };
      "get_waiting_dispatches": { Args: { "p_limit"?: number }; Returns: Json };
      "open_link": { Args: { "p_token": string }; Returns: Json };
      "operations_gauges": { Args: Record<PropertyKey, never>; Returns: Json };
      "operator_cancel": {
        Args: {
          "p_acting_user": string;
          "p_match_id"?: string;
          "p_reason"?: string;
          "p_trip_id"?: string;
        };
        Returns: Json;
      };
      "operator_city": { Args: { "p_acting_user": string }; Returns: Json };
      "operator_dead_letters": { Args: { "p_acting_user": string }; Returns: Json };
      "operator_overview": { Args: { "p_acting_user": string; "p_filter"?: Json }; Returns: Json };
      "operator_redispatch": {
        Args: {
          "p_acting_user": string;
          "p_match_id"?: string;
          "p_reason"?: string;
          "p_trip_id"?: string;
        };
        Returns: Json;
      };
      "operator_ride": { Args: { "p_acting_user": string; "p_match_id": string }; Returns: Json };
      "operator_sos": { Args: { "p_acting_user": string }; Returns: Json };
      "people_cards": { Args: { "p_trip_ids": (string)[] }; Returns: Json };
      "ping": { Args: Record<PropertyKey, never>; Returns: Json };
      "prune": { Args: { "p_limit"?: number }; Returns: Json };
      "queue_depths": { Args: Record<PropertyKey, never>; Returns: Json };
      "rate_match": {
        Args: {
          "p_acting_user": string;
          "p_as"?: string;
          "p_comment"?: string;
          "p_idempotency_key"?: string;
          "p_match_id": string;
          "p_rating": number;
        };
        Returns: Json;
      };
      "receive_whatsapp": {
        Args: { "p_deliveries"?: Json; "p_messages": Json; "p_others"?: Json; "p_statuses"?: Json };
        Returns: Json;
      };
      "record_deliveries": { Args: { "p_results": Json }; Returns: Json };
      "record_outbox": { Args: { "p_results": Json }; Returns: Json };
      "record_work": { Args: { "p_duration_ms": number }; Returns: Json };
      "retry_dead_letter": {
        Args: { "p_acting_user": string; "p_id": string; "p_queue": string };
        Returns: Json;
      };
      "revoke_links": { Args: { "p_acting_user": string; "p_match_id": string }; Returns: Json };
      "roll_up": { Args: Record<PropertyKey, never>; Returns: Json };
      "set_dispatch_policy": {
        Args: { "p_batch_size"?: number; "p_idle_credit_s"?: number; "p_window_s"?: number };
        Returns: Json;
      };
      "set_rollout": { Args: { "p_by"?: string; "p_percent": number }; Returns: Json };
      "sweep": { Args: { "p_limit"?: number }; Returns: Json };
      "sweep_chat": { Args: { "p_limit"?: number }; Returns: Json };
      "sweep_dispatch": { Args: { "p_limit"?: number }; Returns: Json };
      "sync_v1": { Args: Record<PropertyKey, never>; Returns: Json };
      "update_positions": { Args: { "p_acting_user": string; "p_points": Json }; Returns: Json };
      "update_positions_by_link": { Args: { "p_points": Json; "p_token": string }; Returns: Json };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
    )
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals } ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Insert: infer I;
    } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Update: infer U;
    } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][
    CompositeTypeName
  ]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  "public": {
    Enums: {},
  },
} as const;
