export const ECS_TARGET_PREFIX = "AmazonEC2ContainerServiceV20141113";
export const ECS_SIGNING_NAME = "ecs";
