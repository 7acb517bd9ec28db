package meaning

// cloudRows are the names in the audit logs of cloud services: Amazon,
// Microsoft, Google, Okta, GitHub, Kubernetes and others. Where a log nests a
// record in an envelope, the inner names come with and without it.
func cloudRows() []row {
	return []row{
		{other, nil, SubjectName, "userIdentity.userName|userPrincipalName|properties.userPrincipalName|initiatedBy.user.userPrincipalName|properties.initiatedBy.user.userPrincipalName|protoPayload.authenticationInfo.principalEmail|data.protoPayload.authenticationInfo.principalEmail|actor.alternateId|actor.email|user.username|impersonatedUser.username|caller|actor|actor_user_name|userIdentity.sessionContext.sessionIssuer.userName|author.name|user.name"},
		{other, nil, SubjectAny, "userId"},
		{other, nil, SubjectARN, "userIdentity.arn"},
		{other, nil, SubjectDomain, "userIdentity.accountId"},
		{other, nil, SubjectID, "initiatedBy.user.id|properties.userId|actor.id|user.uid|UserKey|actor_id|actor.profileId|userIdentity.principalId"},
		{other, nil, TargetName, "requestParameters.userName|targetResources.userPrincipalName|properties.targetResources.userPrincipalName|target.alternateId"},
		{other, nil, TargetID, "targetResources.id|properties.targetResources.id|target.id"},
		{other, nil, SrcAddr, "sourceIPAddress|callerIpAddress|ipAddress|properties.ipAddress|initiatedBy.user.ipAddress|protoPayload.requestMetadata.callerIp|data.protoPayload.requestMetadata.callerIp|client.ipAddress|ClientIPAddress|ActorIpAddress|sourceIPs|actor_ip|ipaddr|access_device.ip|ip|src_host"},
		{other, nil, DstAddr, "dst_host"},
		{other, nil, Machine, "deviceDetail.displayName|properties.deviceDetail.displayName|access_device.hostname"},
		{other, nil, CarriedFile, "SourceFileName|requestParameters.key"},
	}
}
