export const deliveriesWords = {
  failures: {
    status: {
      what: 'Dein Server hat geantwortet, dass er es nicht annimmt',
      remedy: 'Sieh in sein Protokoll: Jede Antwort von 200 bis 299 gilt als angenommen.',
    },
    redirect: {
      what: 'Dein Server verweist auf eine andere Adresse, und dem wird nicht gefolgt',
      remedy: 'Füge einen Webhook mit der Adresse hinzu, auf die er verweist, und entferne diesen.',
    },
    timeout: {
      what: 'Dein Server hat nicht innerhalb von 15 Sekunden geantwortet',
      remedy: 'Lass ihn sofort antworten und danach arbeiten.',
    },
    connection: {
      what: 'Dein Server war nicht zu erreichen oder hat die Verbindung abgebrochen',
      remedy: 'Prüfe, ob er läuft, ob sein Port offen ist und ob sein Zertifikat gilt.',
    },
    name_not_found: {
      what: 'Es gibt keinen Server mit dem Namen in der Adresse',
      remedy: 'Prüfe die Adresse auf Tippfehler. Ist sie richtig, muss sein Nameserver sie kennen.',
    },
    address_refused: {
      what: 'Der Name führt in ein privates Netz, und dorthin wird nichts gesendet',
      remedy:
        'Nimm eine öffentliche Adresse, oder bitte den Betreiber von Afterword, sie in AFTERWORD_WEBHOOK_NETWORKS zu erlauben.',
    },
    secret_unreadable: {
      what: 'Das Geheimnis, mit dem signiert wird, ist nicht mehr lesbar',
      remedy:
        'Der Betreiber von Afterword hat den Schlüssel entfernt, mit dem es gespeichert wurde. Entferne den Webhook und füge ihn neu hinzu.',
    },
    event_gone: {
      what: 'Was zu melden war, wird nicht mehr aufbewahrt',
      remedy: 'Es ist nichts zu tun: Was seither geschah, wird gesendet.',
    },
    conversation_gone: {
      what: 'Das Gespräch wurde inzwischen gelöscht',
      remedy: 'Es ist nichts zu tun.',
    },
    endpoint_disabled: {
      what: 'Der Webhook wurde ausgeschaltet, bevor es gesendet war',
      remedy: 'Setze den Webhook fort und sende es dann noch einmal.',
    },
  },
  statuses: {
    unauthorized: {
      what: 'Dein Server lässt es nicht herein',
      remedy: 'Lass Anfragen mit gültiger Signatur ohne weitere Anmeldung durch.',
    },
    missing: {
      what: 'Unter dieser Adresse hat dein Server nichts',
      remedy: 'Prüfe den Pfad der Adresse, und ob er POST annimmt.',
    },
    gone: {
      what: 'Dein Server sagt, dass es ihn für immer nicht mehr gibt; das schaltet den Webhook aus',
      remedy: 'Stimmt das nicht, lass ihn anders antworten und setze den Webhook fort.',
    },
    large: {
      what: 'Es ist größer, als dein Server annimmt',
      remedy: 'Erhöhe die Grenze für Anfragen bei deinem Server oder dem, was davor steht.',
    },
    often: {
      what: 'Dein Server wird zu oft gefragt',
      remedy: 'Es ist nichts zu tun: Es wird später noch einmal gesendet.',
    },
    broken: {
      what: 'Dein Server oder was davor steht hat einen Fehler',
      remedy: 'Sieh in sein Protokoll. Es wird von selbst noch einmal gesendet.',
    },
  },
  answered: (status: number) => `Antwort ${status}`,
  disabled: {
    failing: 'hat fünf Tage lang nichts angenommen',
    gone: 'hat geantwortet, dass es ihn nicht mehr gibt',
    by_person: 'von seinem Besitzer ausgeschaltet',
  },
  unknown: 'kein Grund genannt',
};
