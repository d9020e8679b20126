using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Settings;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server;

/// <summary>What may be said of an exception.</summary>
internal static class UserMessage
{
    /// <summary>The message of an exception that was thrown for people to read; null for all others.</summary>
    public static string? Of(Exception exception) => exception switch
    {
        ScriptRefusedException refusal => $"The script was refused; nothing was started. Correct it and try again:\n{refusal.Message}",
        RunNotFoundException
            or RunNotResumableException
            or AnswerRefusedException
            or WorkflowNotFoundException
            or WorkflowNotSavedException
            or PlanningFailedException
            or PolicyRefusedException
            or JournalException
            or LessonException
            or ModelNotConfiguredException
            or SettingsException
            or ToolInputException
            or UsageException => exception.Message,
        _ => null,
    };
}
