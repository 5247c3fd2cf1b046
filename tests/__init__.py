"""Says what Kinline does, room by room; journeys/ tells whole stories, faults/ breaks things."""
