namespace ContainerNetworkLabs
{
    using System;
    using System.Collections.Generic;
    using System.Runtime.InteropServices;

    /// <summary>HCN refused something. The message has its own words.</summary>
    public class HcnException : Exception
    {
        public readonly int Code;

        public HcnException(string call, int code, string record)
            : base(string.Format("HCN: {0} failed with 0x{1:x8}{2}", call, code, record == "" ? "" : ": " + record))
        {
            Code = code;
        }

        /// <summary>HCN_E_ENDPOINT_NOT_FOUND (hcsshim, hcn/hcnerrors.go and winerror.h) or ERROR_NOT_FOUND.</summary>
        public bool IsNotFound
        {
            get { return Code == unchecked((int)0x803b0002) || Code == unchecked((int)0x80070490); }
        }
    }

    /// <summary>
    /// Endpoints of the Host Compute Network service, as the JSON that it speaks.
    /// Source: https://learn.microsoft.com/windows-server/networking/technologies/hcn/hcn-declaration-handles
    /// </summary>
    public static class Hcn
    {
        /// <summary>Version 2 of the schema: policies as a type with settings.</summary>
        const string Query = "{\"SchemaVersion\":{\"Major\":2,\"Minor\":0}}";

        [DllImport("computenetwork.dll", ExactSpelling = true)]
        static extern int HcnEnumerateEndpoints(
            [MarshalAs(UnmanagedType.LPWStr)] string query, out IntPtr endpoints, out IntPtr errorRecord);

        [DllImport("computenetwork.dll", ExactSpelling = true)]
        static extern int HcnOpenEndpoint(ref Guid id, out IntPtr endpoint, out IntPtr errorRecord);

        [DllImport("computenetwork.dll", ExactSpelling = true)]
        static extern int HcnQueryEndpointProperties(
            IntPtr endpoint,
            [MarshalAs(UnmanagedType.LPWStr)] string query,
            out IntPtr properties,
            out IntPtr errorRecord);

        [DllImport("computenetwork.dll", ExactSpelling = true)]
        static extern int HcnModifyEndpoint(
            IntPtr endpoint, [MarshalAs(UnmanagedType.LPWStr)] string settings, out IntPtr errorRecord);

        [DllImport("computenetwork.dll", ExactSpelling = true)]
        static extern int HcnCloseEndpoint(IntPtr endpoint);

        /// <summary>Every endpoint of this host, whatever network it is on.</summary>
        public static List<Dictionary<string, object>> Endpoints()
        {
            IntPtr ids, record;
            int code = HcnEnumerateEndpoints(Query, out ids, out record);
            string text = Taken(ids);
            Check("HcnEnumerateEndpoints", code, record);
            var found = new List<Dictionary<string, object>>();
            foreach (object id in Json.Array(Json.Parse(text)))
            {
                try
                {
                    found.Add(Endpoint((string)id));
                }
                catch (HcnException gone)
                {
                    // One that was deleted after it was listed.
                    if (!gone.IsNotFound)
                    {
                        throw;
                    }
                }
            }
            return found;
        }

        public static Dictionary<string, object> Endpoint(string id)
        {
            string text = null;
            Open(id, delegate(IntPtr endpoint)
            {
                IntPtr properties, record;
                int code = HcnQueryEndpointProperties(endpoint, Query, out properties, out record);
                text = Taken(properties);
                Check("HcnQueryEndpointProperties", code, record);
            });
            return (Dictionary<string, object>)Json.Parse(text);
        }

        /// <summary>Puts these policies in the place of all that the endpoint has, of whatever type.</summary>
        public static void Update(string id, List<object> policies)
        {
            var settings = new Dictionary<string, object>();
            // Always there, even if it is empty: settings without it leave everything as it is.
            settings["Policies"] = policies;
            var request = new Dictionary<string, object>();
            request["ResourceType"] = "Policy";
            request["RequestType"] = "Update";
            request["Settings"] = settings;
            Modify(id, Json.Text(request));
        }

        public static void Modify(string id, string request)
        {
            Open(id, delegate(IntPtr endpoint)
            {
                IntPtr record;
                int code = HcnModifyEndpoint(endpoint, request, out record);
                Check("HcnModifyEndpoint", code, record);
            });
        }

        static void Open(string id, Action<IntPtr> use)
        {
            IntPtr endpoint, record;
            Guid guid = new Guid(id);
            int code = HcnOpenEndpoint(ref guid, out endpoint, out record);
            Check("HcnOpenEndpoint", code, record);
            try
            {
                use(endpoint);
            }
            finally
            {
                HcnCloseEndpoint(endpoint);
            }
        }

        /// <summary>An error record is a failure even where the code says success, as for hcsshim.</summary>
        static void Check(string call, int code, IntPtr record)
        {
            string words = Taken(record);
            if (code < 0 || words != "")
            {
                throw new HcnException(call, code, words);
            }
        }

        /// <summary>The text that HCN handed over, and with it the duty to free it.</summary>
        static string Taken(IntPtr text)
        {
            if (text == IntPtr.Zero)
            {
                return "";
            }
            try
            {
                return Marshal.PtrToStringUni(text);
            }
            finally
            {
                Marshal.FreeCoTaskMem(text);
            }
        }
    }
}
