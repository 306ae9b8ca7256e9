"""Who asks: passwords, second factors, sessions, tokens, and what keeps other sites out."""
