select risk_level, terminal, shipments from shipment_counts where tenant_id = $1
