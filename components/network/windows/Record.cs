namespace ContainerNetworkLabs
{
    using System;
    using System.Collections.Generic;
    using System.IO;
    using System.Linq;

    /// <summary>What was last written on an endpoint, as HNS may not give Ids back.</summary>
    public class Record
    {
        static readonly string Folder = Path.Combine(
            Environment.GetEnvironmentVariable("ProgramData") ?? "", "container-network-labs", "acl");
        readonly string file;

        public Record(string endpointId)
        {
            file = Path.Combine(Folder, endpointId.ToLowerInvariant() + ".json");
        }

        public IEnumerable<string> Meanings
        {
            get
            {
                object saved = File.Exists(file) ? Json.Parse(File.ReadAllText(file)) : null;
                return Json.Array(saved).Cast<string>();
            }
        }

        public void Save(IEnumerable<string> meanings)
        {
            Directory.CreateDirectory(Folder);
            // Written beside it and moved, so that a killed run leaves no half of it.
            File.WriteAllText(file + ".new", Json.Text(meanings));
            if (File.Exists(file))
            {
                File.Replace(file + ".new", file, null);
            }
            else
            {
                File.Move(file + ".new", file);
            }
        }

        /// <summary>
        /// Forgets endpoints that HNS no longer has, but for recent ones: others are written at the same time as this.
        /// </summary>
        public static void Prune(IEnumerable<string> endpointIds)
        {
            var known = endpointIds.Select(id => id.ToLowerInvariant()).ToList();
            DateTime late = DateTime.UtcNow.AddDays(-1);
            foreach (string each in Directory.Exists(Folder) ? Directory.GetFiles(Folder) : new string[0])
            {
                if (!known.Contains(Path.GetFileName(each).Split('.')[0]) && File.GetLastWriteTimeUtc(each) < late)
                {
                    File.Delete(each);
                }
            }
        }
    }
}
