using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>One thing that can be wrong. Has no state; overrides what it wants to see.</summary>
internal abstract class Rule
{
    internal abstract DiagnosticDescriptor Descriptor { get; }

    /// <summary>A call that moves bytes or attaches a tee.</summary>
    internal virtual void OnCall(EndpointCall call, Report report)
    {
    }

    /// <summary>Any other call of ours, one of native code, or one that we could take the place of.</summary>
    internal virtual void OnInvocation(IInvocationOperation invocation, KnownSymbols known, Report report)
    {
    }

    /// <summary>A property of one of our types is set, mostly in an initializer.</summary>
    internal virtual void OnAssignment(
        ISimpleAssignmentOperation assignment, IPropertySymbol property, KnownSymbols known, Report report)
    {
    }

    /// <summary>Any object is made.</summary>
    internal virtual void OnCreation(IObjectCreationOperation creation, KnownSymbols known, Report report)
    {
    }

    private protected static string HelpLink(string id)
        => $"https://github.com/zerocopy-net/zerocopy/blob/main/docs/rules/{id}.md";
}
