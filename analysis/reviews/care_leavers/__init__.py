"""Care leavers: how they fare, and who will be one."""
