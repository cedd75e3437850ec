"""How a target is reached: host, key, header lines, certificates, proxies; where secrets are."""
