using System;
using ContainerNetworkLabs;

/// <summary>
/// Calls EndpointAcl as acl.ps1 does: the action is the argument; what docker says of the container and the request are
/// the lines of standard input. `modify` sends a request to HCN as it is: an endpoint's id and the request are the
/// lines.
/// </summary>
static class Driver
{
    static int Main(string[] args)
    {
        try
        {
            string first = Console.In.ReadLine();
            string second = Console.In.ReadLine();
            if (args[0] == "modify")
            {
                Hcn.Modify(first, second);
                return 0;
            }
            Console.Out.WriteLine(EndpointAcl.Run(args[0], first, second));
            return 0;
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception.GetBaseException().Message);
            return 1;
        }
    }
}
