"""便民: what the services share. It knows no service."""
