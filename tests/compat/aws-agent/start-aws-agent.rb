# Starts AWS's CodeDeploy agent from a directory of its source, without the command line that needs gems which Debian lacks.
# SLUICE_REFERENCE_AGENT: the directory; SLUICE_AGENT_CONFIG: its codedeployagent.yml.
source = ENV.fetch("SLUICE_REFERENCE_AGENT")
Dir[File.join(source, "vendor/gems/*/lib")].each { |folder| $LOAD_PATH.unshift(folder) }
$LOAD_PATH.unshift(File.join(source, "lib"))
require "instance_agent"
InstanceAgent::Config.config(config_file: ENV.fetch("SLUICE_AGENT_CONFIG"))
InstanceAgent::Platform.util = InstanceAgent::LinuxUtil
InstanceAgent::Config.load_config
InstanceAgent::Runner::Master.start
