"""What we say: a question becomes a stream of events that ends in an answer whose every citation was verified."""
