package event

// cloudRows are the names in the audit logs of cloud services: Amazon,
// Microsoft, Google, Okta, GitHub, Kubernetes and others. Where a log nests a
// record in an envelope, the inner names come with and without it.
func cloudRows() []row {
	const arn = uint8(Subject)*accountParts + partARN
	return []row{
		{other, nil, accountView, subjectName, "userIdentity.userName|userPrincipalName|properties.userPrincipalName|initiatedBy.user.userPrincipalName|properties.initiatedBy.user.userPrincipalName|protoPayload.authenticationInfo.principalEmail|data.protoPayload.authenticationInfo.principalEmail|actor.alternateId|actor.email|user.username|impersonatedUser.username|caller|actor|actor_user_name|userIdentity.sessionContext.sessionIssuer.userName|author.name|user.name"},
		{other, nil, accountView, uint8(Subject)*accountParts + partEither, "userId"},
		{other, nil, accountView, arn, "userIdentity.arn"},
		{other, nil, accountView, subjectDomain, "userIdentity.accountId"},
		{other, nil, accountView, subjectID, "initiatedBy.user.id|properties.userId|actor.id|user.uid|UserKey|actor_id|actor.profileId|userIdentity.principalId"},
		{other, nil, accountView, targetName, "requestParameters.userName|targetResources.userPrincipalName|properties.targetResources.userPrincipalName|target.alternateId"},
		{other, nil, accountView, targetID, "targetResources.id|properties.targetResources.id|target.id"},
		{other, nil, flowView, flowSrc, "sourceIPAddress|callerIpAddress|ipAddress|properties.ipAddress|initiatedBy.user.ipAddress|protoPayload.requestMetadata.callerIp|data.protoPayload.requestMetadata.callerIp|client.ipAddress|ClientIPAddress|ActorIpAddress|sourceIPs|actor_ip|ipaddr|access_device.ip|ip|src_host"},
		{other, nil, flowView, flowDst, "dst_host"},
		{other, nil, nameView, uint8(Machine), "deviceDetail.displayName|properties.deviceDetail.displayName|access_device.hostname"},
		{other, nil, fileView, uint8(Carried), "SourceFileName|requestParameters.key"},
	}
}
