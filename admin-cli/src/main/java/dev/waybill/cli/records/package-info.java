/// The DNS records of a domain in the languages of those who publish them. Before it comes the
/// `records` of the API's answer; it promises that what it writes can be pasted as it is: names
/// absolute, TXT values split into strings of 255 bytes where the language wants that, everything
/// escaped, and no existing record replaced. After it comes a DNS host.
///
/// In reading order: [RecordWriter], [RecordFormat], [DnsRecord], then one class for each format:
/// [RecordSheet] (for people), [BindZone], [Cloudflare], [Route53], [Terraform].
@NullMarked
package dev.waybill.cli.records;

import org.jspecify.annotations.NullMarked;
