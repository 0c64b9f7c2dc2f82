# Runs a deployment by the reference agent's local mode, whose own command needs a parser of options that Debian does not package.
# ruby reference-local.rb AGENT_DIRECTORY CONFIGURATION_FILE ARGUMENTS_AS_JSON
require 'json'

agent, configuration, arguments = ARGV
Dir[File.join(agent, 'vendor/gems/*/lib')].each { |directory| $:.unshift directory }
$:.unshift File.join(agent, 'lib')

require 'aws/codedeploy/local/deployer'
require 'instance_agent'
require 'instance_agent/config'
# The command loads no class for access lists and SELinux contexts, so that it fails on every AppSpec that has them; the agent itself does.
%w(acl_info ace_info context_info range_info).each { |name| require "instance_agent/plugins/codedeploy/application_specification/#{name}" }

begin
  AWS::CodeDeploy::Local::Deployer.new(configuration).execute_events(JSON.parse(arguments))
rescue Exception => error
  # Whatever is raised ends the reference's command with 1, too.
  puts "#{error.class}: #{error.message}"
  exit(1)
end
