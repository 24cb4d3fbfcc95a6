"""Numbers of people for research and the planning of services: about nobody, frozen, and small ones kept back."""
