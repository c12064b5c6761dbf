namespace Zerocopy.Analyzers.Tests;

/// <summary>The file around the statements of a test.</summary>
internal static class Wrap
{
    internal const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.IO.Compression;
        using System.IO.Pipelines;
        using System.IO.Pipes;
        using System.Linq;
        using System.Net;
        using System.Net.Http;
        using System.Net.Security;
        using System.Net.Sockets;
        using System.Reflection;
        using System.Runtime.InteropServices;
        using System.Security.Cryptography;
        using System.Text;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Win32.SafeHandles;
        using Zerocopy;
        using Import = System.Runtime.InteropServices.DllImportAttribute;
        using Pipe = Zerocopy.Pipe;

        """;

    /// <summary>A stream of the user's own.</summary>
    internal const string OwnStream = """
        class Mine : Stream
        {
            public override bool CanRead => true;
            public override bool CanSeek => false;
            public override bool CanWrite => true;
            public override long Length => 0;
            public override long Position { get; set; }
            public override void Flush() { }
            public override int Read(byte[] buffer, int offset, int count) => 0;
            public override long Seek(long offset, SeekOrigin origin) => 0;
            public override void SetLength(long value) { }
            public override void Write(byte[] buffer, int offset, int count) { }
        }
        """;

    private const string Parameters =
        "Socket a, Socket b, Stream stream, NetworkStream network, FileStream file, TcpClient client, "
        + "SafeFileHandle handle, Pipe pipe, Pipe log, byte[] buffer, string path, bool yes";

    internal static string Body(string statements) => Method("void M(" + Parameters + ")", statements);

    internal static string AsyncBody(string statements)
        => Method("async Task M(" + Parameters + ", CancellationToken token)", "await Task.Yield();\n" + statements);

    private static string Method(string signature, string statements)
        => $$"""
            internal class C
            {
                {{signature}}
                {
            {{string.Join('\n', statements.Split('\n').Select(line => line.Length == 0 ? line : "        " + line))}}
                }
            }

            """;
}
