using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Shows every rule the calls it wants to see. One analyzer for all of them: a call is taken apart once, and a
/// program that does not use us pays for one look at each of its calls and not for twenty.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ZerocopyAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableArray<Rule> s_rules = RuleList.All;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }
        = ImmutableArray.CreateRange(s_rules, static rule => rule.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (KnownSymbols.Of(start.Compilation) is not { } known)
            {
                return;
            }

            start.RegisterOperationAction(context => OnInvocation(context, known), OperationKind.Invocation);
            start.RegisterOperationAction(context => OnAssignment(context, known), OperationKind.SimpleAssignment);
            start.RegisterOperationAction(context => OnCreation(context, known), OperationKind.ObjectCreation);
        });
    }

    private static void OnInvocation(OperationAnalysisContext context, KnownSymbols known)
    {
        IInvocationOperation invocation = (IInvocationOperation)context.Operation;
        IMethodSymbol method = invocation.TargetMethod;
        bool isOurs = KnownSymbols.Same(method.ContainingAssembly, known.Endpoint!.ContainingAssembly);
        if (!isOurs
            && !method.IsExtern
            && !method.IsPartialDefinition
            && method.Name is not ("CopyToAsync" or "ConnectAsync"))
        {
            return; // Nearly every call of a program: nobody wants to see it.
        }

        EndpointCall? call = isOurs ? EndpointCall.Read(invocation, known) : null;
        Action<Diagnostic> sink = context.ReportDiagnostic;
        foreach (Rule rule in s_rules)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            Report report = new(sink, rule.Descriptor);
            if (call is null)
            {
                rule.OnInvocation(invocation, known, report);
            }
            else
            {
                rule.OnCall(call, report);
            }
        }
    }

    private static void OnAssignment(OperationAnalysisContext context, KnownSymbols known)
    {
        ISimpleAssignmentOperation assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target is not IPropertyReferenceOperation { Property: { } property }
            || !KnownSymbols.Same(property.ContainingAssembly, known.Endpoint!.ContainingAssembly))
        {
            return;
        }

        foreach (Rule rule in s_rules)
        {
            rule.OnAssignment(assignment, property, known, new Report(context.ReportDiagnostic, rule.Descriptor));
        }
    }

    private static void OnCreation(OperationAnalysisContext context, KnownSymbols known)
    {
        IObjectCreationOperation creation = (IObjectCreationOperation)context.Operation;
        if (!KnownSymbols.Same(creation.Type, known.FileStream))
        {
            return;
        }

        foreach (Rule rule in s_rules)
        {
            rule.OnCreation(creation, known, new Report(context.ReportDiagnostic, rule.Descriptor));
        }
    }
}
