namespace ContainerNetworkLabs
{
    using System;
    using System.Collections.Generic;
    using System.Linq;
    using System.Text.RegularExpressions;

    /// <summary>
    /// The ACL of a container's endpoint, applied as a whole. HNS has no way to change a part of a list that can be
    /// relied on: Add piles rules up and Remove does not always remove. So the list is read, ours is replaced in it,
    /// and all of it is written back in one Update, with what others have put there. Then it is read again: if it does
    /// not say what was meant, the list before is put back, and that is a failure.
    ///
    /// C# 5, which is what Windows PowerShell compiles.
    /// </summary>
    public class EndpointAcl
    {
        readonly string network;
        readonly string address;
        readonly string idPrefix;
        readonly List<object> wanted;
        /// <summary>The rules that allow everything.</summary>
        readonly List<object> open;
        /// <summary>What docker says of the container; null if it is gone.</summary>
        readonly object container;

        EndpointAcl(string inspected, string request)
        {
            object parsed = Json.Parse(request);
            network = Json.String(parsed, "network");
            address = Json.String(parsed, "address");
            idPrefix = Json.String(parsed, "idPrefix");
            wanted = Json.Array(Json.At(parsed, "policies"));
            open = Json.Array(Json.At(parsed, "open"));
            container = string.IsNullOrWhiteSpace(inspected) ? null : Json.Parse(inspected);
        }

        /// <param name="action">apply or remove.</param>
        /// <param name="inspected">What docker says of the container, in JSON; empty if it is gone.</param>
        /// <param name="request">address, network, idPrefix, policies and open, in JSON.</param>
        /// <returns>A line of JSON, {changed, before, after}; empty if there was nothing to remove it from.</returns>
        public static string Run(string action, string inspected, string request)
        {
            var acl = new EndpointAcl(inspected, request);
            return action == "apply" ? acl.Apply() : acl.Remove();
        }

        string Apply()
        {
            if (container == null)
            {
                throw new InvalidOperationException("the container is gone");
            }
            if (Isolated)
            {
                throw new InvalidOperationException(
                    "the container has Hyper-V isolation, and HNS filters nothing on its endpoints: "
                    + "run it with process isolation, or give it no rules");
            }
            if (!Running)
            {
                throw new InvalidOperationException(
                    "the container is stopped: rules are for its endpoint, which is made when it starts");
            }
            return Write(Find(Hcn.Endpoints(), true), wanted);
        }

        /// <summary>HNS drops an endpoint with its rules when the container stops.</summary>
        string Remove()
        {
            if (container == null || !Running || Isolated)
            {
                return "";
            }
            Dictionary<string, object> endpoint = Find(Hcn.Endpoints(), false);
            if (endpoint == null)
            {
                return "";
            }
            try
            {
                return Write(endpoint, new List<object>());
            }
            catch (HcnException gone)
            {
                if (!gone.IsNotFound)
                {
                    throw;
                }
                return "";
            }
        }

        bool Running
        {
            get { return true.Equals(Json.At(container, "State", "Running")); }
        }

        bool Isolated
        {
            get { return Json.String(container, "HostConfig", "Isolation").ToLowerInvariant() == "hyperv"; }
        }

        /// <summary>
        /// HCN knows no containers, and Docker's id of an endpoint is not HNS's. Addresses are on both sides; either
        /// alone may be on another network of this host, too.
        /// </summary>
        Dictionary<string, object> Find(List<Dictionary<string, object>> endpoints, bool demanded)
        {
            object known = Json.At(container, "NetworkSettings", "Networks", network);
            string mac = Mac(Json.String(known, "MacAddress"));
            string onNetwork = Json.String(known, "IPAddress");
            if (demanded && (known == null || onNetwork != address))
            {
                string has = known == null ? "no endpoint" : "the address " + onNetwork;
                throw new InvalidOperationException(string.Format(
                    "docker has the container on network {0} with {1}, not with {2}", network, has, address));
            }
            var found = endpoints
                .Where(each => Mac(Json.String(each, "MacAddress")) == mac && Addresses(each).Contains(address))
                .ToList();
            if (found.Count > 1 || (found.Count == 0 && demanded))
            {
                string all = string.Join("; ", endpoints.Select(Described));
                throw new InvalidOperationException(string.Format(
                    "HCN has {0} endpoints with the address {1} and the MAC address {2}, not one. It has: {3}",
                    found.Count, address, Json.String(known, "MacAddress"), all == "" ? "none at all" : all));
            }
            if (found.Count == 1)
            {
                Record.Prune(endpoints.Select(Id));
            }
            return found.FirstOrDefault();
        }

        static string Described(Dictionary<string, object> endpoint)
        {
            string addresses = string.Join(",", Addresses(endpoint));
            return Id(endpoint) + " " + addresses + " " + Json.String(endpoint, "MacAddress");
        }

        static string Id(Dictionary<string, object> endpoint)
        {
            return Json.String(endpoint, "ID");
        }

        /// <summary>Docker writes it with colons, HNS with dashes.</summary>
        static string Mac(string text)
        {
            return Regex.Replace(text, "[^0-9A-Fa-f]", "").ToLowerInvariant();
        }

        static List<string> Addresses(Dictionary<string, object> endpoint)
        {
            return Json.Array(Json.At(endpoint, "IpConfigurations"))
                .Select(each => Json.String(each, "IpAddress"))
                .ToList();
        }

        string Write(Dictionary<string, object> endpoint, List<object> rules)
        {
            string id = Id(endpoint);
            var record = new Record(id);
            List<object> before = Policies.Of(endpoint);
            List<object> own = Policies.Own(before, idPrefix, record.Meanings);
            List<object> others = before.Except(own).ToList();
            List<object> after = before;
            if (!Policies.Same(own, rules))
            {
                List<object> policies = others.Concat(rules).ToList();
                // Before the list, so that what a killed run leaves behind is known as ours.
                record.Save(Policies.Meanings(own.Concat(rules)));
                try
                {
                    after = Replace(id, before, policies);
                }
                catch (InvalidOperationException)
                {
                    record.Save(Policies.Meanings(own));
                    if (policies.Count > 0)
                    {
                        throw;
                    }
                    // An HNS that takes an empty list for none at all: rules that allow everything come to the same.
                    rules = open;
                    record.Save(Policies.Meanings(own.Concat(rules)));
                    after = Replace(id, before, rules);
                }
            }
            record.Save(Policies.Meanings(rules));
            var report = new Dictionary<string, object>();
            report["changed"] = !ReferenceEquals(before, after);
            report["before"] = State(id, before);
            report["after"] = State(id, after);
            return Json.Text(report);
        }

        List<object> Replace(string id, List<object> before, List<object> policies)
        {
            string refusal;
            try
            {
                Hcn.Update(id, policies);
                List<object> after = Policies.Of(Hcn.Endpoint(id));
                if (Policies.Same(after, policies))
                {
                    return after;
                }
                refusal = "HNS took the list and " + Difference(after, policies);
            }
            catch (HcnException refused)
            {
                if (refused.IsNotFound)
                {
                    throw;
                }
                refusal = refused.Message;
            }
            throw new InvalidOperationException(refusal + "\n" + Restored(id, before));
        }

        /// <summary>Puts the list before in force again, should it not be, and says what came of it.</summary>
        static string Restored(string id, List<object> before)
        {
            try
            {
                if (!Policies.Same(Policies.Of(Hcn.Endpoint(id)), before))
                {
                    Hcn.Update(id, before);
                    List<object> now = Policies.Of(Hcn.Endpoint(id));
                    if (!Policies.Same(now, before))
                    {
                        return "The list before could not be put back: HNS " + Difference(now, before);
                    }
                }
                return "The list before is in force.";
            }
            catch (HcnException refused)
            {
                return "The list before could not be put back: " + refused.Message;
            }
        }

        static string Difference(List<object> holds, List<object> meant)
        {
            List<string> more = Policies.Meanings(holds);
            List<string> missing = Policies.Meanings(meant).Where(each => !more.Remove(each)).ToList();
            var words = new List<string>();
            if (missing.Count > 0)
            {
                words.Add("does not hold " + string.Join("; ", missing));
            }
            if (more.Count > 0)
            {
                words.Add("also holds " + string.Join("; ", more));
            }
            return string.Join(", and ", words);
        }

        object State(string id, List<object> policies)
        {
            var state = new Dictionary<string, object>();
            state["id"] = id;
            state["address"] = address;
            state["network"] = network;
            state["policies"] = Policies.Shown(policies);
            return state;
        }
    }
}
