"""What webhooks are: events, subscriptions, deliveries, and how a delivery is signed."""
