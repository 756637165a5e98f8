//! Transitions told to webhooks.
