"""A bare shop of django-oscar, to measure its dashboard beside Manage Orders; it runs in an environment of its own."""
