using System;
using System.IO;
using ContainerNetworkLabs;

/// <summary>
/// Calls EndpointAcl as acl.ps1 does: the action is the argument; what docker says of the container and the request are the
/// lines of standard input.
/// </summary>
static class Driver
{
    static int Main(string[] args)
    {
        try
        {
            Console.Out.WriteLine(EndpointAcl.Run(args[0], Console.In.ReadLine(), Console.In.ReadLine()));
            return 0;
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception.GetBaseException().Message);
            return 1;
        }
    }
}
