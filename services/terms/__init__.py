"""What everybody agrees to before using the product: privacy policy (隐私政策) and user agreement (用户协议)."""
