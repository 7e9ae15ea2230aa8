use proptest::prelude::*;

use super::*;

/// The lists of the carriers: carrier, status, reason, phrases. Kept apart from the data files so
/// that an edit there cannot silently drop one.
const FIELD_LISTS: &[(&str, &str, &str, &str)] = &[
    ("coordinadora", "CREATED", "NONE", "ADMITIDO"),
    ("coordinadora", "PROCESSING", "NONE", "RECOGIDO|EN ALISTAMIENTO|RECOLECTADO"),
    ("coordinadora", "SHIPPED", "NONE", "DESPACHADO"),
    (
        "coordinadora",
        "IN_TRANSIT",
        "NONE",
        "EN TRANSITO|LLEGADA A CENTRO|SALIDA DE CENTRO|EN BODEGA|TRANSBORDO",
    ),
    ("coordinadora", "OUT_FOR_DELIVERY", "NONE", "EN REPARTO|EN RUTA|ASIGNADO A MENSAJERO|EN DISTRIBUCION"),
    ("coordinadora", "IN_OFFICE", "NONE", "EN OFICINA|DISPONIBLE EN PUNTO|LISTO PARA RECOGER"),
    ("coordinadora", "DELIVERED", "NONE", "ENTREGADO|ENTREGA EXITOSA|CUMPLIDO"),
    ("coordinadora", "RETURNED", "NONE", "DEVUELTO|DEVOLUCION|EN DEVOLUCION|RETORNADO"),
    ("coordinadora", "CANCELLED", "NONE", "CANCELADO|ANULADO"),
    (
        "coordinadora",
        "ISSUE",
        "BAD_ADDRESS",
        "DIRECCION INCORRECTA|DIRECCION NO EXISTE|NO UBICADO|DIRECCION ERRADA|PREDIO NO EXISTE",
    ),
    (
        "coordinadora",
        "ISSUE",
        "RECIPIENT_UNAVAILABLE",
        "DESTINATARIO AUSENTE|NO HAY QUIEN RECIBA|CERRADO|CLIENTE NO ENCONTRADO|PERSONA AUSENTE",
    ),
    ("coordinadora", "ISSUE", "REJECTED", "RECHAZADO|REHUSADO|NO ACEPTADO|DEVOLUCION SOLICITADA"),
    (
        "coordinadora",
        "ISSUE",
        "BAD_PHONE",
        "TELEFONO INCORRECTO|NO CONTESTA|TELEFONO ERRADO|APAGADO|FUERA DE SERVICIO",
    ),
    ("coordinadora", "ISSUE", "COD_ISSUE", "SIN DINERO|FALTA PAGO|PAGO INCOMPLETO"),
    ("coordinadora", "ISSUE", "DAMAGED", "DANADO|DAÑADO|AVERIA"),
    ("coordinadora", "ISSUE", "LOST", "SINIESTRO|PERDIDO|EXTRAVIADO"),
    ("coordinadora", "ISSUE", "RESCHEDULED", "REPROGRAMADO|APLAZADO"),
    ("coordinadora", "ISSUE", "DELIVERY_ATTEMPT_FAILED", "PENDIENTE NUEVO INTENTO"),
    ("coordinadora", "ISSUE", "SECURITY", "ZONA DE RIESGO|ORDEN PUBLICO"),
    ("coordinadora", "ISSUE", "REMOTE_AREA", "DIFICIL ACCESO|ZONA RURAL"),
    ("coordinadora", "ISSUE", "WEATHER", "CLIMA"),
    ("coordinadora", "ISSUE", "OTHER", "NOVEDAD|CON NOVEDAD|PROBLEMA"),
    ("interrapidisimo", "CREATED", "NONE", "RECIBIDO|INGRESADO"),
    ("interrapidisimo", "PROCESSING", "NONE", "ADMISION|EN PROCESO"),
    ("interrapidisimo", "SHIPPED", "NONE", "DESPACHO|DESPACHADO"),
    ("interrapidisimo", "IN_TRANSIT", "NONE", "MOVILIZACION|EN CAMINO|LLEGADA|ARRIBO|EN CENTRO"),
    ("interrapidisimo", "OUT_FOR_DELIVERY", "NONE", "DISTRIBUCION|EN DISTRIBUCION|ASIGNADO|EN VEHICULO"),
    ("interrapidisimo", "IN_OFFICE", "NONE", "EN PUNTO|DISPONIBLE"),
    ("interrapidisimo", "DELIVERED", "NONE", "ENTREGADO|ENTREGA|CUMPLIDO"),
    ("interrapidisimo", "RETURNED", "NONE", "DEVOLUCION|RETORNO"),
    ("interrapidisimo", "CANCELLED", "NONE", "CANCELADO|ANULADO"),
    ("interrapidisimo", "ISSUE", "BAD_ADDRESS", "DIRECCION ERRADA|BARRIO NO EXISTE|MUNICIPIO ERRADO"),
    ("interrapidisimo", "ISSUE", "RECIPIENT_UNAVAILABLE", "AUSENTE|NO RECIBEN|LOCAL CERRADO"),
    ("interrapidisimo", "ISSUE", "REJECTED", "REHUSADO|RECHAZA"),
    ("interrapidisimo", "ISSUE", "BAD_PHONE", "TELEFONO ERRADO|SIN TELEFONO"),
    ("interrapidisimo", "ISSUE", "COD_ISSUE", "NO TIENE DINERO|FALTA RECAUDO"),
    ("interrapidisimo", "ISSUE", "DELIVERY_ATTEMPT_FAILED", "INTENTO FALLIDO"),
    ("interrapidisimo", "ISSUE", "OTHER", "NOVEDAD|PENDIENTE"),
    ("envia", "CREATED", "NONE", "GENERADO"),
    ("envia", "PROCESSING", "NONE", "RECOGIDO|RECOLECCION|ALISTAMIENTO"),
    ("envia", "SHIPPED", "NONE", "CARGUE"),
    ("envia", "IN_TRANSIT", "NONE", "EN LINEA|DESCARGUE|TRANSITO|EN AGENCIA"),
    ("envia", "OUT_FOR_DELIVERY", "NONE", "ULTIMO KM|EN ENTREGA|RUTA"),
    ("envia", "IN_OFFICE", "NONE", "EN CENTRO ENVIA|DISPONIBLE RECOGIDA"),
    ("envia", "DELIVERED", "NONE", "ENTREGADO|ENTREGA EXITOSA"),
    ("envia", "RETURNED", "NONE", "DEVOLUCION|RETORNO"),
    ("envia", "CANCELLED", "NONE", "CANCELADO"),
    ("envia", "ISSUE", "BAD_ADDRESS", "DIRECCION ERRADA"),
    ("envia", "ISSUE", "RECIPIENT_UNAVAILABLE", "DESTINATARIO AUSENTE"),
    ("envia", "ISSUE", "REJECTED", "RECHAZADO"),
    ("envia", "ISSUE", "BAD_PHONE", "TELEFONO ERRADO"),
    ("envia", "ISSUE", "COD_ISSUE", "SIN DINERO"),
    ("envia", "ISSUE", "RESCHEDULED", "REPROGRAMAR"),
    ("envia", "ISSUE", "DELIVERY_ATTEMPT_FAILED", "INTENTO"),
    ("envia", "ISSUE", "OTHER", "NOVEDAD"),
    ("tcc", "CREATED", "NONE", "DOCUMENTO RADICADO"),
    ("tcc", "PROCESSING", "NONE", "RECEPCION|RECIBIDO EN ORIGEN"),
    ("tcc", "SHIPPED", "NONE", "CARGADO"),
    ("tcc", "IN_TRANSIT", "NONE", "EN TRANSPORTE|LLEGADA A DESTINO|EN TERMINAL|DESCARGADO"),
    ("tcc", "OUT_FOR_DELIVERY", "NONE", "EN REPARTO|SALIDA REPARTO"),
    ("tcc", "IN_OFFICE", "NONE", "EN AGENCIA|DISPONIBLE RETIRO"),
    ("tcc", "DELIVERED", "NONE", "ENTREGADO|ENTREGA EFECTIVA"),
    ("tcc", "RETURNED", "NONE", "DEVOLUCION|EN DEVOLUCION"),
    ("tcc", "CANCELLED", "NONE", "CANCELADO|ANULADO"),
    ("tcc", "ISSUE", "BAD_ADDRESS", "DIRECCION INCORRECTA"),
    ("tcc", "ISSUE", "RECIPIENT_UNAVAILABLE", "DESTINATARIO NO ENCONTRADO"),
    ("tcc", "ISSUE", "REJECTED", "RECHAZADO"),
    ("tcc", "ISSUE", "BAD_PHONE", "TELEFONO INCORRECTO"),
    ("tcc", "ISSUE", "COD_ISSUE", "NO TIENE DINERO"),
    ("tcc", "ISSUE", "RESCHEDULED", "REPROGRAMADO"),
    ("tcc", "ISSUE", "REMOTE_AREA", "ZONA DIFICIL"),
    ("tcc", "ISSUE", "OTHER", "NOVEDAD"),
    ("servientrega", "CREATED", "NONE", "IMPRESO"),
    ("servientrega", "PROCESSING", "NONE", "ADMITIDO|RECOLECTADO"),
    ("servientrega", "SHIPPED", "NONE", "DESPACHADO"),
    ("servientrega", "IN_TRANSIT", "NONE", "EN RUTA|EN PLATAFORMA|EN CENTRO DE DISTRIBUCION"),
    ("servientrega", "OUT_FOR_DELIVERY", "NONE", "EN DISTRIBUCION|ASIGNADO MENSAJERO"),
    ("servientrega", "IN_OFFICE", "NONE", "DISPONIBLE EN PUNTO|EN CENTRO SERVIENTREGA"),
    ("servientrega", "DELIVERED", "NONE", "ENTREGADO|ENTREGA EFECTIVA"),
    ("servientrega", "RETURNED", "NONE", "DEVOLUCION|RETORNO"),
    ("servientrega", "CANCELLED", "NONE", "CANCELADO"),
    ("servientrega", "ISSUE", "BAD_ADDRESS", "DIRECCION ERRADA"),
    ("servientrega", "ISSUE", "RECIPIENT_UNAVAILABLE", "CLIENTE AUSENTE"),
    ("servientrega", "ISSUE", "REJECTED", "RECHAZADO"),
    ("servientrega", "ISSUE", "BAD_PHONE", "TELEFONO ERRADO"),
    ("servientrega", "ISSUE", "COD_ISSUE", "SIN DINERO"),
    ("servientrega", "ISSUE", "RESCHEDULED", "REPROGRAMAR"),
    ("servientrega", "ISSUE", "OTHER", "NOVEDAD"),
    ("", "CREATED", "NONE", "CREADO|GUIA_GENERADA|PENDIENTE|PENDIENTE CONFIRMACION|POR CONFIRMAR|CONFIRMADO"),
    ("", "PROCESSING", "NONE", "PROCESANDO|PREPARADO PARA TRANSPORTADORA|ALISTAMIENTO"),
    ("", "SHIPPED", "NONE", "DESPACHADO"),
    (
        "",
        "IN_TRANSIT",
        "NONE",
        "TRANSITO|EN BODEGA TRANSPORTADORA|EN PROCESAMIENTO|EN RUTA|EN DESPACHO|EN TERMINAL ORIGEN",
    ),
    ("", "IN_TRANSIT", "NONE", "EN BODEGA DESTINO|REENVIO|REEXPEDICION|NOVEDAD SOLUCIONADA|EN CAMINO"),
    ("", "OUT_FOR_DELIVERY", "NONE", "REPARTO|EN REPARTO|EN DISTRIBUCION"),
    ("", "IN_OFFICE", "NONE", "OFICINA|RECLAME EN OFICINA|RETIRO EN AGENCIA|En oficina"),
    ("", "DELIVERED", "NONE", "ENTREGADO|Entregada"),
    ("", "RETURNED", "NONE", "DEVUELTO|EN DEVOLUCION|DEVOLUCION|DEVOLUCION EN TRANSITO"),
    ("", "CANCELLED", "NONE", "CANCELADO|GUIA ANULADA|REEMPLAZADA"),
    ("", "ISSUE", "OTHER", "NOVEDAD"),
    ("", "ISSUE", "DELIVERY_ATTEMPT_FAILED", "INTENTO DE ENTREGA"),
    ("", "ISSUE", "LOST", "INDEMNIZADA POR DROPI|INDEMNIZADA POR TRANSPORTADORA|SINIESTRO"),
];

fn read(carrier: &str, raw: &str) -> StatusReading {
    StatusTable::builtin().read(Carrier::from_code(carrier), raw)
}

/// Status and reason as one text, `?` in front of what nobody mapped, `…` behind a return under way.
fn meaning(carrier: &str, raw: &str) -> String {
    let StatusReading { status, reason, known, return_in_process } = read(carrier, raw);
    let reason = if reason == ExceptionReason::None { String::new() } else { format!("/{reason}") };
    format!("{}{status}{reason}{}", if known { "" } else { "?" }, if return_in_process { "…" } else { "" })
}

#[test]
fn every_phrase_of_the_field_lists() {
    let mut phrases = HashMap::new();
    for &(carrier, status, reason, list) in FIELD_LISTS {
        assert_eq!(carrier.is_empty(), Carrier::from_code(carrier).is_none(), "{carrier}");
        for raw in list.split('|') {
            let reading = read(carrier, raw);
            let found = (reading.status.as_str(), reading.reason.as_str(), reading.known);
            assert_eq!(found, (status, reason, true), "{carrier}: {raw}");
            *phrases.entry(carrier).or_insert(0) += 1;
        }
    }
    // The counts that the reference itself states.
    for (carrier, count) in
        [("coordinadora", 65), ("interrapidisimo", 39), ("envia", 27), ("tcc", 26), ("servientrega", 23)]
    {
        assert_eq!(phrases[carrier], count, "{carrier}");
    }
}

#[test]
fn the_same_words_mean_different_things_per_carrier() {
    for (raw, by_carrier) in [
        ("EN AGENCIA", [("envia", "IN_TRANSIT"), ("tcc", "IN_OFFICE"), ("", "?ISSUE/OTHER")]),
        (
            "EN RUTA",
            [("coordinadora", "OUT_FOR_DELIVERY"), ("servientrega", "IN_TRANSIT"), ("", "IN_TRANSIT")],
        ),
        ("ADMITIDO", [("coordinadora", "CREATED"), ("servientrega", "PROCESSING"), ("", "PROCESSING")]),
        ("PENDIENTE", [("interrapidisimo", "ISSUE/OTHER"), ("envia", "CREATED"), ("veloces", "CREATED")]),
        ("RUTA", [("envia", "OUT_FOR_DELIVERY"), ("tcc", "IN_TRANSIT"), ("", "IN_TRANSIT")]),
        (
            "ENTREGA",
            [("interrapidisimo", "DELIVERED"), ("coordinadora", "?ISSUE/OTHER"), ("", "?ISSUE/OTHER")],
        ),
    ] {
        for (carrier, expected) in by_carrier {
            assert_eq!(meaning(carrier, raw), expected, "{carrier}: {raw}");
        }
    }
}

#[test]
fn waiting_at_an_office_is_understood_for_every_carrier() {
    for carrier in ["coordinadora", "interrapidisimo", "envia", "tcc", "servientrega", "veloces", ""] {
        for raw in [
            "Reclame en oficina",
            "EN OFICINA PARA RECLAMAR",
            "PARA RECLAMAR EN AGENCIA",
            "Disponible en oficina",
        ] {
            assert_eq!(meaning(carrier, raw), "IN_OFFICE", "{carrier}: {raw}");
        }
    }
}

#[test]
fn spelling_does_not_matter() {
    for raw in ["GUIA_GENERADA", "Guía generada", "  guia-GENERADA. ", "GUI\u{301}A  GENERADA"] {
        assert_eq!(meaning("", raw), "CREATED", "{raw}");
    }
    assert_eq!(meaning("coordinadora", "dañado"), "ISSUE/DAMAGED");
}

#[test]
fn a_delivery_that_is_taken_back_is_never_a_delivery() {
    for raw in [
        "NO ENTREGADO",
        "No entregada",
        "no fue entregado",
        "AUN NO HA SIDO ENTREGADO",
        "ENTREGADO: NO",
        "NO FUE POSIBLE ENTREGAR",
        "NO SE LOGRO LA ENTREGA",
        "SIN ENTREGAR",
        "IMPOSIBLE REALIZAR ENTREGA",
        "ENTREGA NO EFECTIVA",
        "ENTREGA FALLIDA",
        "INTENTO DE ENTREGA FALLIDO",
        "NUNCA ENTREGADO",
        "NO ENTREGADO SIN NOVEDAD",
    ] {
        for carrier in ["coordinadora", "interrapidisimo", "envia", "tcc", "servientrega", ""] {
            assert_eq!(meaning(carrier, raw), "ISSUE/DELIVERY_ATTEMPT_FAILED", "{carrier}: {raw}");
        }
    }
}

#[test]
fn a_delivery_is_believed_only_in_words_that_are_all_understood() {
    const OTHERWISE: &str = "JAMAS ENTREGADO|FALSO ENTREGADO|CASI ENTREGADO|MAL ENTREGADO|N0 ENTREGADO|\
        SUPUESTAMENTE ENTREGADO|SOLICITUD DE ENTREGADO|ENTREGADO PENDIENTE|ENTREGADO SIN CONFIRMAR|\
        ENTREGADO SIN VERIFICAR|ENTREGADO A LA ESPERA|ENTREGADO ERRADO|ENTREGADO POR ERROR|ENTREGADO INCOMPLETO|\
        ENTREGADO A OTRA PERSONA|ENTREGADO A ORIGEN|ENTREGADO EN ORIGEN|ENTREGADO AL TRANSPORTADOR|\
        ENTREGADO A CONDUCTOR|ENTREGADA AL CONDUCTOR|ENTREGADO A LA RUTA|ENTREGADO A OPERADOR LOGISTICO|\
        ENTREGADO A ALIADO|ENTREGADO A CEDI|ENTREGADO A AGENCIA|ENTREGADO EN SEDE|ENTREGADO A PUNTO|\
        ENTREGADO A TIENDA|ENTREGADO A VENDEDOR|ENTREGADO A|ENTREGADO AL|FUE|ENTREGA EXITOSA AL CONDUCTOR|\
        SOLICITUD DE ENTREGA EXITOSA|ENTREGADO EN OFICINA|RECOGIDO POR CLIENTE INTERNO|ENTREGADO, DEVUELTO";
    for raw in OTHERWISE.split('|') {
        for carrier in ["coordinadora", "interrapidisimo", "envia", "tcc", "servientrega", "veloces", ""] {
            let status = read(carrier, raw).status;
            assert!(status != ShipmentStatus::Delivered, "{carrier}: {raw}");
        }
    }
    for (raw, expected) in [
        ("JAMAS ENTREGADO", "ISSUE/DELIVERY_ATTEMPT_FAILED"),
        ("MAL ENTREGADO", "ISSUE/DELIVERY_ATTEMPT_FAILED"),
        ("ENTREGADO A CEDI", "?ISSUE/OTHER"),
        ("ENTREGADO A LA RUTA", "?ISSUE/OTHER"),
    ] {
        assert_eq!(meaning("", raw), expected, "{raw}");
    }
}

#[test]
fn a_delivery_may_say_to_whom_where_and_how() {
    const DELIVERED: &str = "ENTREGADO AL CLIENTE|Entregado al destinatario|ENTREGADO A TITULAR|ENTREGADO TITULAR|\
        ENTREGADO EN PORTERIA DEL EDIFICIO|ENTREGADO EN LA DIRECCION DEL CLIENTE|ENTREGADO A SATISFACCION|\
        ENTREGADO DIGITALIZADO|Entregado y digitalizado|ENTREGADA EXITOSAMENTE|ENTREGA EXITOSA AL CLIENTE|\
        Su envío fue entregado con éxito|El paquete ha sido ENTREGADO|ENTREGADO AL CLIENTE SIN NOVEDAD|\
        RECOGIDO POR EL CLIENTE EN OFICINA";
    for raw in DELIVERED.split('|') {
        assert_eq!(meaning("", raw), "DELIVERED", "{raw}");
    }
}

#[test]
fn a_named_reason_wins_over_the_failed_attempt() {
    for (raw, expected) in [
        ("NO ENTREGADO - DIRECCION ERRADA", "ISSUE/BAD_ADDRESS"),
        ("NO ENTREGADO: DESTINATARIO AUSENTE", "ISSUE/RECIPIENT_UNAVAILABLE"),
        ("NOVEDAD - CLIENTE RECHAZA EL ENVIO", "ISSUE/REJECTED"),
        ("Novedad: no contesta", "ISSUE/BAD_PHONE"),
        ("NO SE ENTREGA, CLIENTE NO TIENE EL DINERO", "ISSUE/COD_ISSUE"),
        ("CLIENTE NO DESEA RECIBIR", "ISSUE/REJECTED"),
        ("PAQUETE CON AVERIAS", "ISSUE/DAMAGED"),
        ("SIN COBERTURA", "ISSUE/REMOTE_AREA"),
        ("FALTA EL DOCUMENTO", "ISSUE/DOCUMENTATION"),
        ("PENDIENTE DE PAGO", "ISSUE/PAYMENT_PENDING"),
        ("CONDICIONES CLIMATICAS", "ISSUE/WEATHER"),
        ("ALTERACION DE ORDEN PUBLICO", "ISSUE/SECURITY"),
        ("CLIENTE REPROGRAMA", "ISSUE/RESCHEDULED"),
        ("CLIENTE NO CONTACTADO", "ISSUE/RECIPIENT_UNAVAILABLE"),
        ("CERRADO POR INCIDENCIA", "ISSUE/OTHER"),
    ] {
        assert_eq!(meaning("", raw), expected, "{raw}");
    }
}

#[test]
fn a_return_is_told_apart_by_whether_it_is_over() {
    for (raw, expected) in [
        ("ENTREGADO A REMITENTE", "RETURNED"),
        ("Entregado al Remitente", "RETURNED"),
        ("ENVIO ENTREGADO EN ORIGEN AL REMITENTE", "RETURNED"),
        ("DEVUELTO AL REMITENTE", "RETURNED"),
        ("DEVUELTO POR DIRECCION ERRADA", "RETURNED"),
        ("DEVOLUCION ENTREGADA", "RETURNED"),
        ("DEVOLUCION", "RETURNED"),
        ("RETORNADO", "RETURNED"),
        ("EN DEVOLUCION", "RETURNED…"),
        ("DEVOLUCION EN TRANSITO", "RETURNED…"),
        ("DEVOLUCION EN PROCESO", "RETURNED…"),
        ("EN PROCESO DE DEVOLUCION", "RETURNED…"),
        ("EN DEVOLUCION POR DESTINATARIO AUSENTE", "RETURNED…"),
        ("ASIGNADO A DEVOLUCION", "RETURNED…"),
        ("NOTIFICACION DE DEVOLUCION", "RETURNED…"),
        ("EN RUTA HACIA EL REMITENTE", "RETURNED…"),
        ("EN PROCESO DE SER DEVUELTO", "RETURNED…"),
        ("RETORNO", "RETURNED…"),
        ("NO DEVUELTO", "?ISSUE/OTHER"),
        ("POSIBLE DEVOLUCION", "ISSUE/OTHER"),
        ("DEVOLUCION SOLICITADA", "ISSUE/REJECTED"),
        ("DEVUELTO A BODEGA", "?ISSUE/OTHER"),
    ] {
        assert_eq!(meaning("", raw), expected, "{raw}");
    }
    assert_eq!(meaning("interrapidisimo", "Devolución ratificada"), "RETURNED…");
    let waiting = "Devolucion en espera de confirmacion del cliente";
    assert_eq!(meaning("interrapidisimo", waiting), "ISSUE/OTHER");
}

#[test]
fn free_text_is_read_by_whole_words() {
    for (raw, expected) in [
        ("ENTREGADO EN PORTERIA", "DELIVERED"),
        ("ENTREGADO SIN NOVEDAD", "DELIVERED"),
        ("EN REPARTO SIN NOVEDADES", "OUT_FOR_DELIVERY"),
        ("ENTREGADO CON NOVEDAD", "ISSUE/OTHER"),
        ("RECOGIDO POR EL CLIENTE", "DELIVERED"),
        ("RECOGIDO EN BODEGA", "PROCESSING"),
        ("NOVEDAD SOLUCIONADA POR ASESOR", "IN_TRANSIT"),
        ("NOVEDAD NO SOLUCIONADA", "ISSUE/OTHER"),
        ("ENTREGADO A TRANSPORTADORA", "SHIPPED"),
        ("ENTREGADO AL MENSAJERO", "OUT_FOR_DELIVERY"),
        ("ENTREGADO EN OFICINA", "?ISSUE/OTHER"),
        ("PENDIENTE POR SER ENTREGADO", "?ISSUE/OTHER"),
        ("LLEGO AL CENTRO DE DISTRIBUCION", "IN_TRANSIT"),
        ("VIAJANDO A DESTINO", "IN_TRANSIT"),
        ("EN CAMINO A OFICINA", "IN_TRANSIT"),
        ("LISTO PARA RECOGER EN PUNTO", "IN_OFFICE"),
        ("CANCELADO POR EL CLIENTE", "CANCELLED"),
        ("VALOR CANCELADO", "?ISSUE/OTHER"),
        ("NO CANCELADO", "?ISSUE/OTHER"),
        ("ENTREGADOX", "?ISSUE/OTHER"),
        ("RUTAX", "?ISSUE/OTHER"),
        ("NO LLEGO A OFICINA", "?ISSUE/OTHER"),
    ] {
        assert_eq!(meaning("", raw), expected, "{raw}");
    }
}

#[test]
fn unknown_words_are_kept_for_a_person() {
    for raw in ["", "   ", "¿?", "GUIA NO EXISTE", "DIGITALIZADA", "ARCHIVADA", "FACTURADO", "ZZZ", "物流"]
    {
        assert_eq!(read("interrapidisimo", raw), StatusReading::UNKNOWN, "{raw}");
    }
}

#[test]
fn the_platform_reads_its_own_names() {
    for &status in ShipmentStatus::all() {
        assert_eq!(read("", status.as_str()).status, status);
        assert!(read("", status.as_str()).known);
    }
}

#[test]
fn the_built_in_files_are_in_the_table_and_consistent() {
    let table = StatusTable::parse(BUILTIN).unwrap();
    assert_eq!(table.carriers.len(), 5);
    let carriers = table.carriers.values().flatten();
    for (phrase, reading) in carriers.chain(&table.dropi).chain(&table.generic) {
        assert!(is_folded(phrase), "{phrase}");
        assert_eq!(
            reading.reason == ExceptionReason::None,
            reading.status != ShipmentStatus::Issue,
            "{phrase}"
        );
    }
    // No rule for free text may call delivered what a list says is not.
    for (phrase, reading) in table.carriers.values().flatten().chain(&table.dropi).chain(&table.generic) {
        let by_rule = table.rules.read(phrase).map(|reading| reading.status);
        let delivered = Some(ShipmentStatus::Delivered);
        assert!(by_rule != delivered || delivered == Some(reading.status), "{phrase}");
    }
}

fn refused(text: &str) -> String {
    StatusTable::parse(&[("a.toml", text)]).unwrap_err().to_string()
}

const GENERIC: &str = "schema = 1\nlist = \"generic\"\nphrases = []\n";

fn refused_phrase(row: &str) -> String {
    refused(&format!(
        "schema = 1\nlist = \"dropi\"\nphrases = [\n  {{ phrase = \"GANO\", status = \"CREATED\" }},\n  {row},\n]"
    ))
}

#[test]
fn a_wrong_phrase_is_refused_with_its_line() {
    for (row, expected) in [
        (
            "{ phrase = \"gáno\", status = \"CREATED\" }",
            "a.toml:5: \"gáno\" stands twice, first in line 4 of a.toml",
        ),
        ("{ phrase = \"B\", status = \"LOST\" }", "a.toml:5: \"B\" has the unknown status \"LOST\""),
        (
            "{ phrase = \"B\", status = \"ISSUE\" }",
            "a.toml:5: \"B\" has the wrong reason \"\" for its status",
        ),
        (
            "{ phrase = \"B\", status = \"ISSUE\", reason = \"NONE\" }",
            "a.toml:5: \"B\" has the wrong reason \"NONE\" for its status",
        ),
        (
            "{ phrase = \"B\", status = \"CREATED\", reason = \"OTHER\" }",
            "a.toml:5: \"B\" has the wrong reason \"OTHER\" for its status",
        ),
        (
            "{ phrase = \"B\", status = \"CREATED\", return_in_process = true }",
            "a.toml:5: \"B\" is not a return and cannot be one in process",
        ),
        (
            "{ phrase = \" - \", status = \"CREATED\" }",
            "a.toml:5: \" - \" has no words to compare, or more than fit here",
        ),
    ] {
        assert_eq!(refused_phrase(row), expected);
    }
    let misspelled = refused_phrase("{ phrase = \"B\", statuss = \"CREATED\" }");
    assert!(misspelled.starts_with("a.toml:5: ") && misspelled.contains("statuss"), "{misspelled}");
}

#[test]
fn a_wrong_file_is_refused() {
    for (text, expected) in [
        ("schema = 2\nlist = \"dropi\"\nphrases = []", "a.toml:1: schema 2 is not known, only 1 is"),
        (
            "schema = 1\nlist = \"carrier\"\nphrases = []",
            "a.toml:2: \"\" is not the code of a carrier for this list",
        ),
        (
            "schema = 1\nlist = \"carrier\"\ncarrier = \"moon\"\nphrases = []",
            "a.toml:3: \"moon\" is not the code of a carrier for this list",
        ),
        (
            "schema = 1\nlist = \"generic\"\ncarrier = \"tcc\"\nphrases = []",
            "a.toml:3: \"tcc\" is not the code of a carrier for this list",
        ),
        (
            "schema = 1\nlist = \"dropi\"\nphrases = []\ndenials = [\"NO\"]",
            "a.toml:4: rules belong in the generic list",
        ),
        (
            "schema = 1\nlist = \"generic\"\nphrases = []\ndenials = [\"NO SE\"]",
            "a.toml:4: \"NO SE\" has no words to compare, or more than fit here",
        ),
        (
            "schema = 1\nlist = \"generic\"\nphrases = []\nneutral = [\"SIN ... NOVEDAD\"]",
            "a.toml:4: \"SIN ... NOVEDAD\" has no words to compare, or more than fit here",
        ),
    ] {
        assert_eq!(refused(text), expected);
    }
    assert!(refused("schema = 1\nlist = ").starts_with("a.toml:2: "));
    assert!(refused("").starts_with("a.toml:1: "));
}

#[test]
fn a_wrong_rule_is_refused_with_its_line() {
    let progress = "[[groups]]\nname = \"p\"\npositive = true\nrules = [{ contains = \"OK\", status = \"DELIVERED\" }]\n";
    let problems = |rules: &str| format!("[[groups]]\nname = \"n\"\nrules = [{rules}]\n");
    let lost = "{ contains = \"PERD*\", status = \"ISSUE\", reason = \"LOST\" }";
    for (groups, expected) in [
        (
            problems("{ contains = \"OK\", status = \"DELIVERED\" }"),
            "a.toml:6: \"OK\" must not stand in this group: problems come first, and only progress delivers",
        ),
        (
            format!("{progress}{}", problems(lost)),
            "a.toml:10: \"PERD*\" must not stand in this group: problems come first, and only progress delivers",
        ),
        (problems(&format!("{lost}, {lost}")), "a.toml:6: \"PERD*\" stands twice, first in line 6 of a.toml"),
        (
            problems("{ contains = \"A ... \", status = \"CREATED\" }"),
            "a.toml:6: \"A ... \" has no words to compare, or more than fit here",
        ),
        (
            problems("{ contains = \"A-B\", status = \"CREATED\" }"),
            "a.toml:6: \"A-B\" has no words to compare, or more than fit here",
        ),
        (
            problems("{ contains = \"*\", status = \"CREATED\" }"),
            "a.toml:6: \"*\" has no words to compare, or more than fit here",
        ),
    ] {
        assert_eq!(refused(&format!("{GENERIC}{groups}")), expected);
    }
}

#[test]
fn a_phrase_may_stand_in_several_lists_but_once_in_each() {
    let list = |head: &str, status: &str| {
        format!("schema = 1\n{head}\nphrases = [{{ phrase = \"EN RUTA\", status = \"{status}\" }}]")
    };
    let tcc = list("list = \"carrier\"\ncarrier = \"tcc\"", "OUT_FOR_DELIVERY");
    let dropi = list("list = \"dropi\"", "SHIPPED");
    let generic = list("list = \"generic\"", "IN_TRANSIT");
    let table = StatusTable::parse(&[("t", &tcc), ("d", &dropi), ("g", &generic)]).unwrap();
    let status = |carrier| table.read(Carrier::from_code(carrier), "en ruta").status;
    assert_eq!(status("tcc"), ShipmentStatus::OutForDelivery);
    assert_eq!(status("envia"), ShipmentStatus::Shipped);
    let twice = StatusTable::parse(&[("d", &dropi), ("e", &dropi)]).unwrap_err();
    assert_eq!(twice.to_string(), "e:3: \"EN RUTA\" stands twice, first in line 3 of d");
    let empty = StatusTable::parse(&[]).unwrap();
    assert_eq!(empty.read(None, "ENTREGADO"), StatusReading::UNKNOWN);
}

proptest! {
    #[test]
    fn any_text_has_a_consistent_reading(raw in any::<String>(), words in "(NO|SIN|ENTREGADO|NOVEDAD|A|REMITENTE| |EN|DEVUELTO|OFICINA|\\PC){0,8}") {
        for raw in [raw.as_str(), words.as_str()] {
            for carrier in ["", "coordinadora", "interrapidisimo", "envia", "tcc", "servientrega", "veloces"] {
                let reading = read(carrier, raw);
                prop_assert_eq!(reading.reason == ExceptionReason::None, reading.status != ShipmentStatus::Issue);
                prop_assert!(!reading.return_in_process || reading.status == ShipmentStatus::Returned);
                prop_assert!(reading.known || reading == StatusReading::UNKNOWN);
                prop_assert_eq!(reading, read(carrier, &fold(raw)));
            }
        }
    }

    #[test]
    fn no_text_with_a_no_in_it_is_a_delivery(before in "[A-Z ]{0,12}", between in "[A-Z ]{0,12}", after in "[A-Z ]{0,12}") {
        for raw in [format!("{before} NO {between} ENTREGADO {after}"), format!("{before} ENTREGADO {between} NO {after}")] {
            prop_assert!(read("", &raw).status != ShipmentStatus::Delivered, "{}", raw);
        }
    }

    #[test]
    fn what_counts_as_folded_is_not_changed_by_folding(text in "[A-Z0-9 a-zñ_]{0,12}", upper in "[A-Z0-9 ]{0,12}") {
        for text in [text, upper] {
            prop_assert_eq!(is_folded(&text), fold(&text) == text);
        }
    }

    #[test]
    fn no_file_makes_parsing_panic(text in any::<String>(), list in "(dropi|generic|carrier|x)", contains in any::<String>()) {
        let _ = StatusTable::parse(&[("a", &text)]);
        let text = format!("schema = 1\nlist = \"{list}\"\nphrases = []\n[[groups]]\nname = \"n\"\nrules = [{{ contains = {contains:?}, status = \"CREATED\" }}]");
        let _ = StatusTable::parse(&[("a", &text)]);
    }
}
