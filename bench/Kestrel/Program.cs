// The contender `kestrel` of a race: a relay as a connection handler of Kestrel. LISTEN CONNECT, each ADDRESS:PORT.
using System.Net;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zerocopy.Bench.Kestrel;

[assembly: SupportedOSPlatform("linux")]

IPEndPoint listen = IPEndPoint.Parse(args[0]);
IPEndPoint target = IPEndPoint.Parse(args[1]);

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AddSingleton(target);
builder.WebHost.ConfigureKestrel(server => server.Listen(
    listen, listener => listener.UseConnectionHandler<RelayHandler>()));
await using WebApplication application = builder.Build();
await application.RunAsync();
