"""The year of the demonstration, told by the services: every act by a person in a post, at its own moment."""
