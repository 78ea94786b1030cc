namespace ContainerNetworkLabs
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Linq;
    using System.Text.RegularExpressions;
    using System.Web.Script.Serialization;

    /// <summary>JSON as dictionaries and lists. What is not known here is kept as it came.</summary>
    public static class Json
    {
        static JavaScriptSerializer Serializer()
        {
            return new JavaScriptSerializer { MaxJsonLength = int.MaxValue };
        }

        public static object Parse(string text)
        {
            return Serializer().DeserializeObject(text);
        }

        /// <summary>ASCII only, as it passes through consoles.</summary>
        public static string Text(object value)
        {
            return Regex.Replace(Serializer().Serialize(value), "[\u007f-\uffff]", delegate(Match match)
            {
                return string.Format("\\u{0:x4}", (int)match.Value[0]);
            });
        }

        public static List<object> Array(object value)
        {
            return value == null ? new List<object>() : ((IEnumerable)value).Cast<object>().ToList();
        }

        /// <summary>
        /// The value at a path of names, or null where the path ends before. Small letters or capitals are the same: all
        /// that is known of the names is how hcsshim spells them, and it reads them in any case.
        /// </summary>
        public static object At(object value, params string[] path)
        {
            foreach (string name in path)
            {
                var fields = value as IDictionary<string, object>;
                value = fields == null ? null : fields.FirstOrDefault(field => Is(field.Key, name)).Value;
            }
            return value;
        }

        public static bool Is(string some, string other)
        {
            return string.Equals(some, other, StringComparison.OrdinalIgnoreCase);
        }

        public static string String(object value, params string[] path)
        {
            return Convert.ToString(At(value, path), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>
    /// Policies of an endpoint and how they are told apart. HNS gives a list back in an order and a spelling of its
    /// own, with fields nobody set, and on some networks without Ids; so policies are compared by what they mean.
    /// </summary>
    public static class Policies
    {
        static readonly string[] Lists = { "LocalAddresses", "RemoteAddresses", "LocalPorts", "RemotePorts" };

        public static List<object> Of(Dictionary<string, object> endpoint)
        {
            return Json.Array(Json.At(endpoint, "Policies"));
        }

        public static bool IsAcl(object policy)
        {
            return Json.Is(Json.String(policy, "Type"), "ACL");
        }

        /// <summary>What a policy means: of an ACL its match and its verdict, of any other all that it says.</summary>
        public static string Meaning(object policy)
        {
            object settings = Json.At(policy, "Settings");
            if (!IsAcl(policy))
            {
                return (Json.String(policy, "Type") + " " + Canonical(settings)).ToLowerInvariant();
            }
            var words = new List<string>
            {
                Json.String(settings, "Direction"),
                Json.String(settings, "Priority"),
                Json.String(settings, "Action"),
                OrElse(Json.String(settings, "RuleType"), "Host"),
                OrElse(Json.String(settings, "Protocols"), "256"),
            };
            words.AddRange(Lists.Select(name => name + "=" + Sorted(Json.String(settings, name))));
            return string.Join(" ", words).ToLowerInvariant();
        }

        static string OrElse(string text, string otherwise)
        {
            return text == "" ? otherwise : text;
        }

        static string Sorted(string list)
        {
            var values = list.Split(',').Select(each => each.Trim()).Where(each => each != "");
            // An address and the subnet of just this address are the same.
            var plain = values.Select(each => Regex.Replace(each, "/32$", ""));
            return string.Join(",", plain.OrderBy(each => each, StringComparer.Ordinal));
        }

        /// <summary>Independent of order, and without what says nothing.</summary>
        static string Canonical(object value)
        {
            var fields = value as IDictionary<string, object>;
            if (fields != null)
            {
                var said = fields
                    .Where(field => field.Value != null && !Json.Is(field.Key, "Id") && !Json.Is(field.Key, "Scope"))
                    .OrderBy(field => field.Key, StringComparer.Ordinal)
                    .Select(field => field.Key + ":" + Canonical(field.Value));
                return "{" + string.Join(",", said) + "}";
            }
            var list = value as IEnumerable;
            if (list != null && !(value is string))
            {
                return "[" + string.Join(",", list.Cast<object>().Select(Canonical)) + "]";
            }
            return Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        /// <summary>The same policies, as often and in whatever order.</summary>
        public static bool Same(IEnumerable<object> some, IEnumerable<object> others)
        {
            return Meanings(some).SequenceEqual(Meanings(others));
        }

        public static List<string> Meanings(IEnumerable<object> policies)
        {
            return policies.Select(Meaning).OrderBy(each => each, StringComparer.Ordinal).ToList();
        }

        /// <summary>
        /// The policies of ours: ACLs with our Id; and, as HNS may have dropped it, as many without one as the record
        /// of what was written speaks of.
        /// </summary>
        public static List<object> Own(IEnumerable<object> policies, string idPrefix, IEnumerable<string> record)
        {
            var recorded = record.ToList();
            var acls = policies.Where(IsAcl).ToList();
            var own = acls.Where(acl => HasPrefix(Json.String(acl, "Settings", "Id"), idPrefix)).ToList();
            foreach (object acl in own)
            {
                recorded.Remove(Meaning(acl));
            }
            own.AddRange(acls.Except(own).Where(acl => recorded.Remove(Meaning(acl))).ToList());
            return own;
        }

        static bool HasPrefix(string text, string prefix)
        {
            return text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
        }

        /// <summary>The ACLs as `Get-HnsEndpoint` shows them, in the order in which they are asked.</summary>
        public static List<object> Shown(IEnumerable<object> policies)
        {
            return policies
                .Where(IsAcl)
                .Select(Flat)
                .OrderBy(fields => Json.String(fields, "Direction"), StringComparer.Ordinal)
                .ThenBy(Priority)
                .ToList();
        }

        static object Flat(object policy)
        {
            var fields = new Dictionary<string, object>();
            fields["Type"] = "ACL";
            var settings = Json.At(policy, "Settings") as IDictionary<string, object>;
            foreach (var field in settings ?? new Dictionary<string, object>())
            {
                fields[field.Key] = field.Value;
            }
            return fields;
        }

        static int Priority(object fields)
        {
            int priority;
            return int.TryParse(Json.String(fields, "Priority"), out priority) ? priority : 0;
        }
    }
}
