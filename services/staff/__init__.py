"""Who works here, as ops see and change it: roles, duty, profiles of lawyers, and what ends with a role."""
