export const problemsWords = {
  name_without_time: {
    what: 'Der Name der Datei verrät nicht, wann sie aufgenommen wurde',
    remedy:
      'Gib unten die Zeit an. Der Ton bleibt erhalten. Lass den Namen künftig mit dem Beginn in Unix-Sekunden enden, etwa memo_1774000000.wav.',
  },
  name_not_a_recording: {
    what: 'Der Name der Datei endet nicht wie der einer Aufnahme',
    remedy:
      'Sende Dateien, die auf .bin, .wav, .ogg, .opus, .mp3, .flac, .m4a, .aac, .webm, .mka, .caf, .aiff, .au, .amr, .3gp oder .wma enden, und wandle andere vorher um.',
  },
  clock_in_future: {
    what: 'Die Aufnahme beginnt in der Zukunft: Die Uhr des Geräts ging vor',
    remedy: 'Gib unten die Zeit an. Der Ton bleibt erhalten.',
  },
  clock_too_old: {
    what: 'Die Aufnahme beginnt vor 2024 oder soll vor 2000 beginnen: Die Uhr des Geräts war nicht gestellt, oder die Zahl im Namen ist keine Zeit',
    remedy: 'Gib unten die Zeit an. Der Ton bleibt erhalten.',
  },
  deleted: {
    what: 'Du hast diese Aufnahme gelöscht',
    remedy:
      'Um sie zurückzuholen, sende die Datei noch einmal und wähle in der Liste der gesendeten Dateien „Trotzdem senden“.',
  },
  empty_file: {
    what: 'Die Datei ist leer',
    remedy:
      'Es wurde nichts aufgenommen, oder das Kopieren vom Gerät ist fehlgeschlagen: Kopiere die Datei noch einmal vom Gerät und sende sie.',
  },
  erased_storage: {
    what: 'Die Datei enthält nur gelöschten Speicher und keinen Ton',
    remedy: 'Das Gerät hat keinen Ton hineingeschrieben: Es gibt nichts, was sich retten ließe.',
  },
  no_frames: {
    what: 'In der Datei ließ sich kein Ton lesen',
    remedy: 'Kopiere sie noch einmal vom Gerät und sende sie. Was angekommen ist, bleibt gespeichert.',
  },
  not_audio: {
    what: 'Die Datei enthält keinen Ton',
    remedy:
      'Prüfe, welche Datei gesendet wurde, und sende die richtige. Was angekommen ist, bleibt gespeichert.',
  },
  unsupported_format: {
    what: 'Dieses Tonformat lässt sich hier nicht lesen',
    remedy:
      'Wandle die Datei um, zum Beispiel in .ogg, und sende das Ergebnis. Oder der Betreiber des Servers installiert ffmpeg; versuche es danach unten noch einmal. Was angekommen ist, bleibt gespeichert.',
  },
  part_too_large: {
    what: 'Die Datei ist größer, als der Server erlaubt',
    remedy: 'Teile sie, oder bitte den Betreiber des Servers, AFTERWORD_MAX_FILE_BYTES zu erhöhen.',
  },
  conversation_deleted: {
    what: 'Der ganze Text der Aufnahme wurde mit einem Gespräch gelöscht',
    remedy:
      'Der Ton bleibt erhalten. Um den Text zurückzuholen, sende die Datei noch einmal und wähle „Trotzdem senden“.',
  },
  poison: {
    what: 'Mehrere Worker sind bei der Arbeit daran abgestürzt',
    remedy:
      'Versuche es unten noch einmal. Schlägt es wieder fehl, steht der Grund im Log des Servers. Der Ton bleibt erhalten.',
  },
  timeout: {
    what: 'Der Transkriptionsdienst hat nicht rechtzeitig geantwortet',
    remedy: 'Du musst nichts tun, solange es von selbst weitergeht. Der Ton bleibt erhalten.',
  },
  overdue: {
    what: 'Es hat länger gedauert, als ein Versuch dauern darf',
    remedy: 'Du musst nichts tun: Was transkribiert ist, bleibt, und der nächste Versuch macht dort weiter.',
  },
  rate_limited: {
    what: 'Der Anbieter nimmt gerade keine weiteren Anfragen an',
    remedy: 'Du musst nichts tun, solange es von selbst weitergeht. Der Ton bleibt erhalten.',
  },
  upstream: {
    what: 'Der Anbieter hat mit einem Fehler geantwortet oder ist nicht zu erreichen',
    remedy:
      'Du musst nichts tun, solange es von selbst weitergeht. Hält es an, findet der Betreiber des Servers mehr auf der Seite „Betrieb“. Der Ton bleibt erhalten.',
  },
  configuration: {
    what: 'Der Anbieter ist auf dem Server nicht richtig eingerichtet',
    remedy:
      'Der Betreiber des Servers muss die Einstellung korrigieren und den Server neu starten. Versuche es danach unten noch einmal. Der Ton bleibt erhalten.',
  },
  invalid_input: {
    what: 'Der Anbieter hat diesen Ton abgelehnt',
    remedy:
      'Hör ihn dir an: Er bleibt erhalten. Ist ein anderer Anbieter eingerichtet, versuche es unten noch einmal.',
  },
  defect: {
    what: 'Ein Fehler in Afterword hat die Arbeit beendet',
    remedy:
      'Melde ihn zusammen mit dem Text unten. Versuche es nach einem Update, das ihn behebt, noch einmal. Der Ton bleibt erhalten.',
  },
  blob_missing: {
    what: 'Der gespeicherte Ton lässt sich nicht lesen',
    remedy: 'Sende die Datei noch einmal: Sie wird neu gespeichert, und die Bearbeitung geht weiter.',
  },
  storage_full: {
    what: 'Auf dem Server ist kein Platz mehr für Ton',
    remedy: 'Es wurde nichts gespeichert: Behalte die Datei. Der Betreiber des Servers muss Platz schaffen.',
  },
  unavailable: {
    what: 'Der Server erreicht seine Datenbank oder seinen Speicher gerade nicht',
    remedy: 'Behalte deine Dateien, und versuche es bald noch einmal.',
  },
  busy: {
    what: 'Es kommen zu viele Uploads auf einmal an',
    remedy: 'Behalte die Datei: In ein paar Sekunden lässt sie sich senden.',
  },
  too_many_requests: {
    what: 'Von dir kamen mehr Anfragen in einer Minute, als für eine Person erlaubt sind',
    remedy: 'Warte eine Minute, und versuche es noch einmal.',
  },
  too_much_under_way: {
    what: 'Von dir wird gerade mehr gesendet, als für eine Person auf einmal erlaubt ist',
    remedy: 'Sende es, wenn die anderen Uploads fertig sind.',
  },
  too_much_queued: {
    what: 'Von dir wartet mehr Ton auf die Transkription, als für eine Person erlaubt ist',
    remedy: 'Behalte die Datei: Sie lässt sich senden, sobald ein Teil davon fertig ist.',
  },
  space_used_up: {
    what: 'Dein Speicherplatz für Ton ist aufgebraucht',
    remedy:
      'Behalte die Datei. Lösche, was du nicht brauchst, oder bewahre Ton in den Einstellungen kürzer auf; sende sie dann noch einmal.',
  },
  too_many_unfinished: {
    what: 'Zu viele Dateien sind erst zum Teil angekommen',
    remedy:
      'Wähle die Dateien noch einmal, die nicht zu Ende gesendet wurden, oder warte: Was niemand fortsetzt, wird nach 7 Tagen entfernt.',
  },
  language_calls_used_up: {
    what: 'Das Sprachmodell wurde heute so oft für dich gefragt, wie es für eine Person erlaubt ist',
    remedy: 'Du musst nichts tun: Titel und Zusammenfassung entstehen später, bis dahin steht ein Auszug da.',
  },
  user_deleted: {
    what: 'Du hast hier alles gelöscht, was dir gehört',
    remedy: 'Um neu anzufangen, sende eine Aufnahme und wähle „Trotzdem senden“.',
  },
  changed_meanwhile: {
    what: 'Inzwischen wurde es anderswo geändert',
    remedy: 'Du siehst jetzt den neuen Stand: Prüfe, ob deine Änderung noch passt, und mach sie noch einmal.',
  },
  not_changed: {
    what: 'Die Änderung ließ sich gerade nicht speichern',
    remedy: 'Es wurde nichts geändert: Versuche es bald noch einmal.',
  },
  not_deleted: {
    what: 'Es ließ sich gerade nicht löschen',
    remedy: 'Versuche es bald noch einmal: Zweimal löschen schadet nicht.',
  },
  not_in_time: {
    what: 'Der Server hat für die Antwort zu lange gebraucht',
    remedy: 'Was begonnen wurde, läuft weiter. Versuche es bald noch einmal.',
  },
  not_found: { what: 'Es ist nicht mehr da', remedy: 'Vielleicht wurde es anderswo gelöscht.' },
  internal: {
    what: 'Auf dem Server ist etwas schiefgegangen',
    remedy:
      'Versuche es noch einmal. Geschieht es wieder, sag dem Betreiber des Servers, wann es passiert ist.',
  },
  scope_missing: {
    what: 'Das darfst du nicht',
    remedy: 'Der Betreiber des Servers kann dir das Recht dazu geben, oder einen Schlüssel, der es hat.',
  },
  foreign_page: {
    what: 'Der Server erkennt diese Seite nicht als seine eigene',
    remedy:
      'Öffne sie unter der Adresse des Servers. Der Betreiber kann weitere Namen in AFTERWORD_HOSTS eintragen.',
  },
  last_folder: { what: 'Es ist der einzige Ordner', remedy: 'Lege zuerst einen anderen an.' },
  too_many_folders: {
    what: 'Es gibt schon 50 Ordner, mehr sind nicht möglich',
    remedy: 'Entferne einen, den du nicht mehr brauchst.',
  },
  too_many_keys: {
    what: 'Es gibt schon 50 Schlüssel, mehr sind nicht möglich',
    remedy: 'Widerrufe einen, den du nicht mehr brauchst.',
  },
  too_many_webhooks: {
    what: 'Es gibt schon 10 Webhooks, mehr sind nicht möglich',
    remedy: 'Entferne einen, den du nicht mehr brauchst.',
  },
  too_many_devices: {
    what: 'Es gibt schon 20 Geräte, mehr sind nicht möglich',
    remedy: 'Entferne eines, das du nicht mehr brauchst.',
  },
  too_many_people: {
    what: 'Es gibt schon 1.000 benannte Personen, mehr sind nicht möglich',
    remedy: 'Wähle eine davon, oder lösche über die API, wen du nicht mehr brauchst.',
  },
  too_many_action_items: {
    what: 'Dieses Gespräch hat schon 1.000 Aufgaben, mehr sind nicht möglich',
    remedy: 'Lösche welche, die erledigt sind.',
  },
  too_many_decisions: {
    what: 'Du hast schon 50.000 Änderungen an Gesprächen gemacht, mehr merkt sich der Server nicht',
    remedy: 'Was du geändert hast, bleibt. Lösche Gespräche, die du nicht mehr brauchst.',
  },
  cannot_split: {
    what: 'An dieser Stelle lässt sich das Gespräch nicht teilen',
    remedy: 'Wähle eine Zeile nach der ersten.',
  },
  cannot_merge: {
    what: 'Diese Gespräche lassen sich nicht zusammenführen',
    remedy:
      'Das geht nur mit Gesprächen, die dasselbe Telefon oder dasselbe Gateway gesendet hat. Lege andere in einen gemeinsamen Ordner.',
  },
  unknown_folder: {
    what: 'Diesen Ordner gibt es nicht mehr',
    remedy: 'Vielleicht wurde er anderswo entfernt: Wähle einen anderen.',
  },
  unknown_speaker: {
    what: 'Diese Person oder Stimme gibt es nicht mehr',
    remedy:
      'Vielleicht wurde sie anderswo gelöscht oder mit einer anderen zusammengeführt: Wähle noch einmal.',
  },
  webhook_address: {
    what: 'An diese Adresse wird nichts gesendet',
    remedy:
      'Nimm eine https-Adresse des öffentlichen Internets. Für eine Adresse deines eigenen Netzes muss der Betreiber des Servers AFTERWORD_WEBHOOK_NETWORKS setzen.',
  },
  webhook_disabled: {
    what: 'Der Webhook ist ausgeschaltet',
    remedy: 'Schalte ihn zuerst ein; ein Test geht auch vorher.',
  },
  push_address: {
    what: 'An den Push-Dienst dieses Browsers wird nichts gesendet',
    remedy:
      'Liegt er in deinem eigenen Netz, muss der Betreiber des Servers AFTERWORD_PUSH_NETWORKS setzen. Oder nimm einen anderen Browser.',
  },
  last_identity: {
    what: 'Es ist das einzige Konto, mit dem du dich anmelden kannst',
    remedy: 'Verknüpfe zuerst ein anderes.',
  },
  identity_taken: {
    what: 'Dieses Konto gehört jemandem, der hier schon eigene Daten hat',
    remedy:
      'Melde dich damit an, und sieh nach, was da ist. Der Betreiber des Servers kann beide zusammenführen: „afterword users adopt“.',
  },
  not_admitted: {
    what: 'Du darfst diesen Server nicht benutzen',
    remedy:
      'Bitte den Betreiber, dich zuzulassen (AFTERWORD_SIGN_IN_PEOPLE), oder melde dich mit einem anderen Konto an.',
  },
  not_signed_in: { what: 'Du bist nicht angemeldet', remedy: 'Melde dich an.' },
  key_refused: {
    what: 'Der Server kennt diesen Schlüssel nicht, oder er ist abgelaufen',
    remedy: 'Melde dich mit einem anderen Schlüssel an.',
  },
  sign_in_failed: {
    what: 'Die Anmeldung hat nicht geklappt',
    remedy:
      'Versuche es noch einmal: Sie muss im selben Browser und innerhalb von zehn Minuten abgeschlossen werden.',
  },
  sign_in_unavailable: {
    what: 'Wer du bist, lässt sich gerade nicht prüfen: Der Anbieter antwortet nicht',
    remedy: 'Versuche es bald noch einmal. Der Betreiber des Servers findet den Grund im Log.',
  },
  session_ended: { what: 'Deine Sitzung ist abgelaufen', remedy: 'Melde dich noch einmal an.' },
  key_mistyped: {
    what: 'Das ist kein Schlüssel: Ein Zeichen ist falsch oder fehlt',
    remedy: 'Kopiere den ganzen Schlüssel noch einmal: Er beginnt mit afw_ und hat 54 Zeichen.',
  },
  body_broken: {
    what: 'Das Senden wurde unterbrochen',
    remedy: 'Sende die Datei noch einmal: Von dieser Anfrage wurde nichts gespeichert.',
  },
  body_stalled: {
    what: 'Eine Minute lang kam beim Server nichts an',
    remedy: 'Prüfe die Verbindung. Von dieser Anfrage wurde nichts gespeichert.',
  },
  request_timeout: {
    what: 'Die Anfrage kam nicht rechtzeitig beim Server an',
    remedy: 'Prüfe die Verbindung, und versuche es noch einmal.',
  },
  resumable_taken: {
    what: 'Diese Datei wird schon gesendet, etwa in einem anderen Tab',
    remedy: 'Warte, bis sie dort fertig ist.',
  },
  audio_not_ready: {
    what: 'Der Ton wird noch vorbereitet',
    remedy: 'Versuche es nach einer Weile noch einmal: Das geschieht nur einmal.',
  },
  audio_address: {
    what: 'Die Adresse des Tons gilt nicht mehr',
    remedy: 'Versuche es noch einmal: Dann wird eine neue geholt.',
  },
  audio_gone: {
    what: 'Der Ton wurde nach der von dir eingestellten Frist gelöscht; der Text bleibt',
    remedy: 'Um den Ton wiederzuhaben, sende die Datei noch einmal.',
  },
  time_not_the_reason: {
    what: 'Eine andere Zeit hilft hier nicht',
    remedy: 'Warum die Aufnahme abgelehnt wurde, steht bei ihr.',
  },
  time_of_file: {
    what: 'Wann sie aufgenommen wurde, ist danach geschätzt, wann die Datei zuletzt geschrieben wurde',
    remedy: 'Stimmt das nicht, ändere die Zeit.',
  },
  date_in_name: {
    what: 'Die Zeit stammt aus dem Datum im Namen der Datei',
    remedy: 'Stimmt das nicht, ändere die Zeit.',
  },
  clock_shifted: {
    what: 'Die Uhr des Rekorders ging vor, deshalb gilt als Zeit, wann die Aufnahme ankam',
    remedy: 'Stimmt das nicht, ändere die Zeit.',
  },
  time_not_taken: {
    what: 'Die Aufnahme war schon mit einer anderen Zeit da, und diese gilt weiter',
    remedy: 'Stimmt die neue, ändere die Zeit.',
  },
};
