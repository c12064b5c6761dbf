// The contender `kestrel` of a race: a relay as a connection handler of Kestrel. LISTEN_PORT CONNECT_PORT, on loopback.
using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zerocopy.Bench.Kestrel;

[assembly: SupportedOSPlatform("linux")]

int listenPort = int.Parse(args[0], CultureInfo.InvariantCulture);
IPEndPoint target = new(IPAddress.Loopback, int.Parse(args[1], CultureInfo.InvariantCulture));

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AddSingleton(target);
builder.WebHost.ConfigureKestrel(server => server.Listen(
    IPAddress.Loopback, listenPort, listener => listener.UseConnectionHandler<RelayHandler>()));
await using WebApplication application = builder.Build();
await application.RunAsync();
