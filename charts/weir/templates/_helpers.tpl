{{- define "weir.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "weir.operator" -}}
{{- include "weir.fullname" . }}-operator
{{- end -}}

{{- define "weir.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "weir.operator" .) -}}
{{- end -}}

{{- define "weir.uninstall" -}}
{{- include "weir.fullname" . }}-uninstall
{{- end -}}

{{- define "weir.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "weir.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: weir
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The reference of an image; takes the part's values and the root context. */}}
{{- define "weir.image" -}}
{{- $root := index . 1 -}}
{{- with (index . 0).image -}}
{{- printf "%s:%s" .repository (.tag | default $root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* What every container of ours may do: nothing that the restricted Pod Security Standard forbids. */}}
{{- define "weir.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "weir.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What the operator may do in a namespace that it watches. */}}
{{- define "weir.operatorRules" -}}
- apiGroups: [weir.dev]
  resources: [trainingjobs, modeldeployments]
  verbs: [get, list, watch, patch]
- apiGroups: [weir.dev]
  resources: [modelversions]
  verbs: [get, list, watch, create, patch]
- apiGroups: [weir.dev]
  resources: [trainingjobs/status, modelversions/status, modeldeployments/status]
  verbs: [patch]
# Asked for by the OwnerReferencesPermissionEnforcement admission plugin, which OpenShift turns on.
- apiGroups: [weir.dev]
  resources: [trainingjobs/finalizers, modelversions/finalizers, modeldeployments/finalizers]
  verbs: [update]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services]
  verbs: [get, list, watch, create, patch]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch]
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end -}}

{{/* What the uninstall hook may do to objects: find them and take a finalizer off. */}}
{{- define "weir.uninstallRules" -}}
- apiGroups: [weir.dev]
  resources: [trainingjobs, modelversions, modeldeployments]
  verbs: [list, patch]
{{- end -}}

{{/* Made when the uninstallation begins, in order of weight, and gone when it has succeeded. */}}
{{- define "weir.uninstallHook" -}}
helm.sh/hook: pre-delete
helm.sh/hook-weight: "0"
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
