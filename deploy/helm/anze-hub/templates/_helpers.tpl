{{- define "hub.labels" -}}
app.kubernetes.io/name: anze-hub
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Every pod of ours: nobody's root, no rights, a root that is not written to. */}}
{{- define "hub.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "hub.container" -}}
image: {{ .Values.image | quote }}
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
envFrom:
  - configMapRef: {name: {{ .Release.Name }}}
{{- end -}}

{{- define "hub.mounts" -}}
- {name: secrets, mountPath: /run/secrets, readOnly: true}
- {name: scratch, mountPath: /tmp}
- {name: var, mountPath: /var/lib/anze}
- {name: ledger, mountPath: /srv/anze/ledger}
- {name: airflow, mountPath: /srv/anze/airflow, readOnly: true}
{{- if .Values.province.volume }}
- {name: province, mountPath: {{ .Values.province.path | quote }}, readOnly: true}
{{- end }}
{{- end -}}

{{/* The roles' processes see no login that migrates. */}}
{{- define "hub.volumes" -}}
- name: secrets
  secret:
    secretName: {{ .Values.secret }}
    defaultMode: 0440
    items:
{{- range $key := list "database_url" "bucket_secret" "portal_password" "portal_insurer_password" "portal_regulator_password" "metrics_token" "broker_url" "airflow_database_url" "fernet_key" "secret_key" "jwt_secret" "oidc_secret" }}
      - {key: {{ $key }}, path: {{ $key }}}
{{- end }}
{{ include "hub.otherVolumes" . }}
{{- end -}}

{{- define "hub.otherVolumes" -}}
- name: scratch
  emptyDir: {sizeLimit: {{ .Values.worker.scratch }}}
- name: var
  emptyDir: {}
- name: airflow
  configMap: {name: {{ .Release.Name }}-airflow}
- name: ledger
{{- if .Values.ledger.volume }}
{{ toYaml .Values.ledger.volume | indent 2 }}
{{- else }}
  emptyDir: {}
{{- end }}
{{- if .Values.province.volume }}
- name: province
{{ toYaml .Values.province.volume | indent 2 }}
{{- end }}
{{- end -}}
