using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zerocopy.Analyzers.Tests;

/// <summary>What the rules know of ASP.NET Core, in an assembly of its own: the framework need not be
/// installed.</summary>
internal static class Stubs
{
    internal static PortableExecutableReference AspNetCore { get; } = Compiled("""
        namespace Microsoft.AspNetCore.Http;

        public abstract class HttpRequest { public abstract System.IO.Stream Body { get; set; } }
        public abstract class HttpResponse { public abstract System.IO.Stream Body { get; set; } }
        public interface IFormFile { System.IO.Stream OpenReadStream(); }
        public class FormFile : IFormFile { public System.IO.Stream OpenReadStream() => System.IO.Stream.Null; }
        public abstract class HttpContext
        {
            public abstract HttpRequest Request { get; }
            public abstract HttpResponse Response { get; }
            public abstract System.Threading.CancellationToken RequestAborted { get; set; }
        }
        """);

    private static PortableExecutableReference Compiled(string source)
    {
        using MemoryStream image = new();
        CSharpCompilation compilation = Compilations.Of([source]).WithAssemblyName("Microsoft.AspNetCore.Http");
        Assert.True(compilation.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
