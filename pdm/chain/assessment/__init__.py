"""HA, health assessment: how bad is it?"""
